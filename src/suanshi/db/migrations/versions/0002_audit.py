"""The audit log can only grow: the database itself refuses to change or remove a line."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create function audit_is_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit log is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_is_append_only before update or delete or truncate on audit "
        "for each statement execute function audit_is_append_only()"
    )
    op.create_check_constraint("has_a_role", "member", "cardinality(roles) > 0")
