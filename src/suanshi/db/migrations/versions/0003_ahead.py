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
