"""Work may be booked ahead: for a moment, or queued and brought forward when cards come free."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quote", sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("quote", sa.Column("flexible", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("order", sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("lease", sa.Column("flexible", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # Idle work is cheaper, and leaves with notice.
    op.add_column("offer", sa.Column("idle_price_micro", sa.BigInteger(), nullable=True))
    op.create_check_constraint("idle_below_list", "offer", "idle_price_micro > 0 and idle_price_micro < price_micro")
    for name in ("preemptible", "after_notice"):
        op.add_column("quote", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("order", sa.Column("preempt_at", sa.TIMESTAMP(timezone=True), nullable=True))
    for name in ("resumes", "resumed_as"):
        op.add_column("order", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("lease", sa.Column("preemptible", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # Cards out of service.
    op.create_table(
        "closure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("accelerator", sa.Text(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("start", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("end", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lease"], ["lease.id"], name=op.f("fk_closure_lease")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_site"), "closure", ["site"], unique=False)
