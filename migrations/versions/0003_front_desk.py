"""The front desk: counters, tables, visits, decisions, appointments, tallies."""
from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('business_type',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('letter', sa.String(length=1), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('distribution', sa.String(length=16), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("distribution IN ('ratio', 'even', 'employer')", name=op.f('ck_business_type_distribution')),
    sa.CheckConstraint("kind IN ('job_seeking', 'benefit', 'training', 'employer', 'other')", name=op.f('ck_business_type_kind')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 480', name=op.f('ck_business_type_minutes')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_business_type_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_type')),
    sa.UniqueConstraint('unit_id', 'letter', name=op.f('uq_business_type_unit_id_letter')),
    sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_business_type_unit_id_name'))
    )
    op.create_table('centre_holiday',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_centre_holiday_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_centre_holiday')),
    sa.UniqueConstraint('unit_id', 'day', name=op.f('uq_centre_holiday_unit_id_day'))
    )
    op.create_table('counter_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('takes_benefit', sa.Boolean(), nullable=False),
    sa.Column('queue_limit', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('general', 'disability', 'programme', 'case_management', 'employer')", name=op.f('ck_counter_group_kind')),
    sa.CheckConstraint('queue_limit IS NULL OR queue_limit > 0', name=op.f('ck_counter_group_queue_limit')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_counter_group_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter_group')),
    sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_counter_group_unit_id_name'))
    )
    op.create_table('desk',
    sa.Column('unit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('board_key_hash', sa.String(length=64), nullable=False),
    sa.Column('slot_minutes', sa.Integer(), nullable=False),
    sa.Column('notice', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_desk_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_desk'))
    )
    op.create_table('duty_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_duty_list_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_list')),
    sa.UniqueConstraint('unit_id', 'digest', name=op.f('uq_duty_list_unit_id_digest'))
    )
    op.create_table('mass_layoff_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_mass_layoff_order_period')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_mass_layoff_order_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mass_layoff_order'))
    )
    with op.batch_alter_table('mass_layoff_order', schema=None) as batch_op:
        batch_op.create_index('ix_mass_layoff_order_unit', ['unit_id', 'starts_on'], unique=False)

    op.create_table('target',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('job_seeking', 'benefit')", name=op.f('ck_target_kind')),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name=op.f('ck_target_percent')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_target_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target')),
    sa.UniqueConstraint('unit_id', 'kind', 'effective_from', name=op.f('uq_target_unit_id_kind_effective_from'))
    )
    op.create_table('ticket_book',
    sa.Column('unit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ticket_book_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'day', name=op.f('pk_ticket_book'))
    )
    op.create_table('wait_limit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 1 AND 480', name=op.f('ck_wait_limit_minutes')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_wait_limit_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wait_limit')),
    sa.UniqueConstraint('unit_id', 'effective_from', name=op.f('uq_wait_limit_unit_id_effective_from'))
    )
    op.create_table('appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('material', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('ended_reason', sa.String(length=200), nullable=False),
    sa.Column('moved_to_id', sa.Integer(), nullable=True),
    sa.Column('submission_key', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('booked', 'kept', 'cancelled', 'moved')", name=op.f('ck_appointment_state')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_appointment_period')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_appointment_business_type_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], name=op.f('fk_appointment_made_by_id')),
    sa.ForeignKeyConstraint(['moved_to_id'], ['appointment.id'], name=op.f('fk_appointment_moved_to_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_appointment_officer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_appointment_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_appointment_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment')),
    sa.UniqueConstraint('submission_key', name=op.f('uq_appointment_submission_key'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index('ix_appointment_day', ['unit_id', 'day', 'starts_at'], unique=False)
        batch_op.create_index('ix_appointment_person', ['person_id', 'day'], unique=False)
        batch_op.create_index('uq_appointment_slot', ['officer_id', 'starts_at'], unique=True, sqlite_where=sa.text("state IN ('booked', 'kept')"), postgresql_where=sa.text("state IN ('booked', 'kept')"))

    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=True),
    sa.Column('note', sa.String(length=100), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('leave', 'trip', 'training', 'break')", name=op.f('ck_attendance_kind')),
    sa.CheckConstraint('ends_at IS NULL OR starts_at <= ends_at', name=op.f('ck_attendance_period')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_attendance_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_attendance_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index('ix_attendance_officer', ['officer_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_attendance_unit', ['unit_id', 'starts_at'], unique=False)

    op.create_table('counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=16), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('number BETWEEN 1 AND 999', name=op.f('ck_counter_number')),
    sa.ForeignKeyConstraint(['group_id'], ['counter_group.id'], name=op.f('fk_counter_group_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_counter_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
    sa.UniqueConstraint('unit_id', 'number', name=op.f('uq_counter_unit_id_number'))
    )
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_group_id'), ['group_id'], unique=False)

    op.create_table('departure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=False),
    sa.Column('benefit_officer_id', sa.Integer(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['benefit_officer_id'], ['ab_user.id'], name=op.f('fk_departure_benefit_officer_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_departure_officer_id')),
    sa.ForeignKeyConstraint(['successor_id'], ['ab_user.id'], name=op.f('fk_departure_successor_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_departure_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departure')),
    sa.UniqueConstraint('unit_id', 'officer_id', 'left_on', name=op.f('uq_departure_unit_id_officer_id_left_on'))
    )
    op.create_table('deputy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_deputy_period')),
    sa.CheckConstraint('officer_id <> deputy_id', name=op.f('ck_deputy_somebody_else')),
    sa.CheckConstraint('rank BETWEEN 1 AND 9', name=op.f('ck_deputy_rank')),
    sa.ForeignKeyConstraint(['deputy_id'], ['ab_user.id'], name=op.f('fk_deputy_deputy_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_deputy_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_deputy_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputy'))
    )
    with op.batch_alter_table('deputy', schema=None) as batch_op:
        batch_op.create_index('ix_deputy_unit', ['unit_id', 'officer_id', 'rank'], unique=False)

    op.create_table('evidence_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('national_id', sa.LargeBinary(), nullable=False),
    sa.Column('national_id_hash', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('recorded_on', sa.Date(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('introduction_card', 'transferred_record')", name=op.f('ck_evidence_record_kind')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_evidence_record_business_type_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_evidence_record_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_evidence_record_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_record'))
    )
    with op.batch_alter_table('evidence_record', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_record_number', ['unit_id', 'national_id_hash', 'recorded_on'], unique=False)
        batch_op.create_index('uq_evidence_record', ['unit_id', 'kind', 'national_id_hash', 'business_type_id', 'recorded_on'], unique=True)

    op.create_table('identity_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('identity_code', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['counter_group.id'], name=op.f('fk_identity_group_group_id')),
    sa.ForeignKeyConstraint(['identity_code'], ['identity.code'], name=op.f('fk_identity_group_identity_code')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_identity_group_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_group')),
    sa.UniqueConstraint('unit_id', 'identity_code', name=op.f('uq_identity_group_unit_id_identity_code'))
    )
    op.create_table('new_case_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('months BETWEEN 0 AND 120', name=op.f('ck_new_case_rule_months')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_new_case_rule_business_type_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_new_case_rule_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_new_case_rule')),
    sa.UniqueConstraint('business_type_id', 'effective_from', name=op.f('uq_new_case_rule_business_type_id_effective_from'))
    )
    with op.batch_alter_table('new_case_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_new_case_rule_unit_id'), ['unit_id'], unique=False)

    op.create_table('owner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_owner_business_type_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_owner_officer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_owner_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_owner_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owner')),
    sa.UniqueConstraint('unit_id', 'person_id', 'business_type_id', name=op.f('uq_owner_unit_id_person_id_business_type_id'))
    )
    with op.batch_alter_table('owner', schema=None) as batch_op:
        batch_op.create_index('ix_owner_officer', ['officer_id', 'business_type_id'], unique=False)

    op.create_table('ratio_share',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('registrations', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('registrations BETWEEN 0 AND 1000000', name=op.f('ck_ratio_share_registrations')),
    sa.ForeignKeyConstraint(['group_id'], ['counter_group.id'], name=op.f('fk_ratio_share_group_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ratio_share_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ratio_share')),
    sa.UniqueConstraint('unit_id', 'effective_from', 'group_id', name=op.f('uq_ratio_share_unit_id_effective_from_group_id'))
    )
    op.create_table('reception_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('ends', sa.Time(), nullable=False),
    sa.Column('receptionist_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts < ends', name=op.f('ck_reception_shift_period')),
    sa.ForeignKeyConstraint(['receptionist_id'], ['ab_user.id'], name=op.f('fk_reception_shift_receptionist_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reception_shift_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reception_shift'))
    )
    with op.batch_alter_table('reception_shift', schema=None) as batch_op:
        batch_op.create_index('ix_reception_shift_unit', ['unit_id', 'day', 'starts'], unique=False)

    op.create_table('table_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('table_name', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=8), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=64), nullable=False),
    sa.CheckConstraint("act IN ('add', 'edit', 'delete')", name=op.f('ck_table_change_act')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_table_change_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_table_change_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_table_change'))
    )
    with op.batch_alter_table('table_change', schema=None) as batch_op:
        batch_op.create_index('ix_table_change_row', ['table_name', 'row_id'], unique=False)
        batch_op.create_index('ix_table_change_unit', ['unit_id', 'at'], unique=False)

    op.create_table('table_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('table_name', sa.String(length=40), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('rows', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_table_upload_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_table_upload_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_table_upload'))
    )
    with op.batch_alter_table('table_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_table_upload_user_id'), ['user_id'], unique=False)

    op.create_table('tally_acceptance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('standing', sa.String(length=8), nullable=False),
    sa.Column('reported', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('counted', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=64), nullable=False),
    sa.CheckConstraint("standing IN ('missing', 'stale', 'differs')", name=op.f('ck_tally_acceptance_standing')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_tally_acceptance_by_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_tally_acceptance_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_tally_acceptance_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tally_acceptance'))
    )
    with op.batch_alter_table('tally_acceptance', schema=None) as batch_op:
        batch_op.create_index('ix_tally_acceptance_day', ['unit_id', 'day'], unique=False)

    op.create_table('tally_confirmation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('reported', sa.JSON(), nullable=False),
    sa.Column('counted', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_tally_confirmation_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_tally_confirmation_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tally_confirmation')),
    sa.UniqueConstraint('unit_id', 'day', 'officer_id', name=op.f('uq_tally_confirmation_unit_id_day_officer_id'))
    )
    op.create_table('tally_signature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('until', sa.Time(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('signed_at', sa.DateTime(), nullable=False),
    sa.Column('signed_by_id', sa.Integer(), nullable=False),
    sa.Column('signer_name', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.CheckConstraint("role IN ('reception', 'supervisor')", name=op.f('ck_tally_signature_role')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['ab_user.id'], name=op.f('fk_tally_signature_signed_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_tally_signature_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tally_signature')),
    sa.UniqueConstraint('unit_id', 'day', 'role', 'until', name=op.f('uq_tally_signature_unit_id_day_role_until'))
    )
    op.create_table('post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_by_name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_post_period')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_post_counter_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_post_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_post_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_counter', ['counter_id', 'starts_on'], unique=False)
        batch_op.create_index('ix_post_officer', ['officer_id', 'starts_on'], unique=False)
        batch_op.create_index('ix_post_unit', ['unit_id', 'starts_on'], unique=False)

    op.create_table('tally_correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('new_case', sa.Boolean(), nullable=False),
    sa.Column('difference', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=64), nullable=False),
    sa.CheckConstraint('difference <> 0', name=op.f('ck_tally_correction_difference')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_tally_correction_business_type_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_tally_correction_by_id')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_tally_correction_counter_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_tally_correction_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tally_correction'))
    )
    with op.batch_alter_table('tally_correction', schema=None) as batch_op:
        batch_op.create_index('ix_tally_correction_day', ['unit_id', 'day'], unique=False)

    op.create_table('visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('visitor', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('new_case', sa.Boolean(), nullable=False),
    sa.Column('basis', sa.String(length=20), nullable=False),
    sa.Column('basis_note', sa.String(length=200), nullable=False),
    sa.Column('asked_officer_id', sa.Integer(), nullable=True),
    sa.Column('identities', sa.JSON(), nullable=False),
    sa.Column('disability', sa.String(length=10), nullable=False),
    sa.Column('disability_evidence', sa.String(length=10), nullable=True),
    sa.Column('counter_id', sa.Integer(), nullable=True),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('duty_list_id', sa.Integer(), nullable=True),
    sa.Column('overridden', sa.Boolean(), nullable=False),
    sa.Column('picked', sa.Boolean(), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('volunteer', sa.String(length=40), nullable=False),
    sa.Column('checked_in_at', sa.DateTime(), nullable=False),
    sa.Column('checked_in_by_id', sa.Integer(), nullable=False),
    sa.Column('queue_from', sa.DateTime(), nullable=False),
    sa.Column('dispatched_at', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(), nullable=True),
    sa.Column('called_at', sa.DateTime(), nullable=True),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('outcome_note', sa.LargeBinary(), nullable=False),
    sa.Column('appointment_id', sa.Integer(), nullable=True),
    sa.Column('booked_id', sa.Integer(), nullable=True),
    sa.Column('submission_key', sa.String(length=36), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'served') = (ended_at IS NOT NULL)", name=op.f('ck_visit_ended')),
    sa.CheckConstraint("basis IN ('history', 'introduction_card', 'phone_check', 'transferred_records', 'nothing_found', 'reception')", name=op.f('ck_visit_basis')),
    sa.CheckConstraint("disability IN ('none', 'suspected', 'confirmed')", name=op.f('ck_visit_disability')),
    sa.CheckConstraint("disability_evidence IS NULL OR disability_evidence IN ('handbook', 'system')", name=op.f('ck_visit_disability_evidence')),
    sa.CheckConstraint("outcome IS NULL OR outcome IN ('registered', 'referred', 'benefit_handled', 'training_advised', 'consulted', 'employer_served', 'incomplete', 'other')", name=op.f('ck_visit_outcome')),
    sa.CheckConstraint("state <> 'booked' OR booked_id IS NOT NULL", name=op.f('ck_visit_booked_for_a_day')),
    sa.CheckConstraint("state IN ('checked_in', 'waiting', 'called', 'serving', 'served', 'booked', 'left')", name=op.f('ck_visit_state')),
    sa.CheckConstraint("state NOT IN ('serving', 'served') OR started_at IS NOT NULL", name=op.f('ck_visit_started')),
    sa.CheckConstraint("state NOT IN ('waiting', 'called', 'serving', 'served') OR (counter_id IS NOT NULL AND officer_id IS NOT NULL AND group_id IS NOT NULL)", name=op.f('ck_visit_dispatched_somewhere')),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_visit_appointment_id')),
    sa.ForeignKeyConstraint(['asked_officer_id'], ['ab_user.id'], name=op.f('fk_visit_asked_officer_id')),
    sa.ForeignKeyConstraint(['booked_id'], ['appointment.id'], name=op.f('fk_visit_booked_id')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_visit_business_type_id')),
    sa.ForeignKeyConstraint(['checked_in_by_id'], ['ab_user.id'], name=op.f('fk_visit_checked_in_by_id')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_visit_counter_id')),
    sa.ForeignKeyConstraint(['duty_list_id'], ['duty_list.id'], name=op.f('fk_visit_duty_list_id')),
    sa.ForeignKeyConstraint(['group_id'], ['counter_group.id'], name=op.f('fk_visit_group_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_visit_officer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_visit_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_visit_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('submission_key', name=op.f('uq_visit_submission_key')),
    sa.UniqueConstraint('unit_id', 'day', 'number', name=op.f('uq_visit_unit_id_day_number'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_day', ['unit_id', 'day', 'id'], unique=False)
        batch_op.create_index('ix_visit_debt', ['unit_id', 'business_type_id', 'counted', 'day', 'state', 'duty_list_id', 'group_id', 'officer_id'], unique=False)
        batch_op.create_index('ix_visit_officer', ['officer_id', 'day'], unique=False)
        batch_op.create_index('ix_visit_open', ['unit_id', 'state', 'counter_id'], unique=False, sqlite_where=sa.text("state IN ('checked_in', 'waiting', 'called', 'serving')"), postgresql_where=sa.text("state IN ('checked_in', 'waiting', 'called', 'serving')"))
        batch_op.create_index('ix_visit_person', ['person_id', 'unit_id', 'business_type_id', 'day'], unique=False)
        batch_op.create_index('uq_visit_serving_counter', ['counter_id'], unique=True, sqlite_where=sa.text("state = 'serving'"), postgresql_where=sa.text("state = 'serving'"))
        batch_op.create_index('uq_visit_serving_officer', ['officer_id'], unique=True, sqlite_where=sa.text("state = 'serving'"), postgresql_where=sa.text("state = 'serving'"))

    op.create_table('change_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('complaint', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decision_note', sa.LargeBinary(), nullable=False),
    sa.Column('new_officer_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'kept', 'granted')", name=op.f('ck_change_request_state')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_change_request_business_type_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], name=op.f('fk_change_request_decided_by_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], name=op.f('fk_change_request_made_by_id')),
    sa.ForeignKeyConstraint(['new_officer_id'], ['ab_user.id'], name=op.f('fk_change_request_new_officer_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_change_request_officer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_change_request_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_change_request_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_change_request_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_request'))
    )
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.create_index('ix_change_request_unit', ['unit_id', 'state'], unique=False)

    op.create_table('dispatch_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('rule', sa.String(length=24), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=True),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('passed', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_dispatch_decision_counter_id')),
    sa.ForeignKeyConstraint(['group_id'], ['counter_group.id'], name=op.f('fk_dispatch_decision_group_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_dispatch_decision_officer_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_dispatch_decision_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_dispatch_decision_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispatch_decision'))
    )
    with op.batch_alter_table('dispatch_decision', schema=None) as batch_op:
        batch_op.create_index('ix_dispatch_decision_day', ['unit_id', 'at'], unique=False)
        batch_op.create_index('ix_dispatch_decision_visit', ['visit_id', 'id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=True),
    sa.Column('to_permission', sa.String(length=24), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('template', sa.String(length=200), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(), nullable=True),
    sa.Column('acknowledged_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(to_id IS NULL) <> (to_permission = '')", name=op.f('ck_notice_to_somebody')),
    sa.CheckConstraint("kind IN ('ring', 'long_wait', 'complaint', 'change_request', 'employer', 'emergency', 'refusal', 'undispatched', 'transfer', 'unended', 'tally')", name=op.f('ck_notice_kind')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['ab_user.id'], name=op.f('fk_notice_acknowledged_by_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], name=op.f('fk_notice_made_by_id')),
    sa.ForeignKeyConstraint(['to_id'], ['ab_user.id'], name=op.f('fk_notice_to_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_notice_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_notice_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_unread', ['unit_id', 'to_id'], unique=False, sqlite_where=sa.text('acknowledged_at IS NULL'), postgresql_where=sa.text('acknowledged_at IS NULL'))
        batch_op.create_index('ix_notice_visit', ['visit_id'], unique=False)

    op.create_table('overtime_decision',
    sa.Column('visit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 0 AND 720', name=op.f('ck_overtime_decision_minutes')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], name=op.f('fk_overtime_decision_decided_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_overtime_decision_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_overtime_decision_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_overtime_decision'))
    )
    with op.batch_alter_table('overtime_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_overtime_decision_unit_id'), ['unit_id'], unique=False)

    op.create_table('owner_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=True),
    sa.Column('to_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=16), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_owner_change_business_type_id')),
    sa.ForeignKeyConstraint(['by_id'], ['ab_user.id'], name=op.f('fk_owner_change_by_id')),
    sa.ForeignKeyConstraint(['from_id'], ['ab_user.id'], name=op.f('fk_owner_change_from_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_owner_change_person_id')),
    sa.ForeignKeyConstraint(['to_id'], ['ab_user.id'], name=op.f('fk_owner_change_to_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_owner_change_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_owner_change_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owner_change'))
    )
    with op.batch_alter_table('owner_change', schema=None) as batch_op:
        batch_op.create_index('ix_owner_change_person', ['person_id', 'id'], unique=False)

    op.create_table('permanent_transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('proposed_at', sa.DateTime(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answer_note', sa.String(length=200), nullable=False),
    sa.Column('executed_at', sa.DateTime(), nullable=True),
    sa.Column('executed_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'executed', 'withdrawn')", name=op.f('ck_permanent_transfer_state')),
    sa.CheckConstraint('from_id <> to_id', name=op.f('ck_permanent_transfer_somebody_else')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_permanent_transfer_business_type_id')),
    sa.ForeignKeyConstraint(['executed_by_id'], ['ab_user.id'], name=op.f('fk_permanent_transfer_executed_by_id')),
    sa.ForeignKeyConstraint(['from_id'], ['ab_user.id'], name=op.f('fk_permanent_transfer_from_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_permanent_transfer_person_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['ab_user.id'], name=op.f('fk_permanent_transfer_proposed_by_id')),
    sa.ForeignKeyConstraint(['to_id'], ['ab_user.id'], name=op.f('fk_permanent_transfer_to_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_permanent_transfer_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_permanent_transfer_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_permanent_transfer'))
    )
    with op.batch_alter_table('permanent_transfer', schema=None) as batch_op:
        batch_op.create_index('ix_permanent_transfer_unit', ['unit_id', 'state'], unique=False)
        batch_op.create_index('uq_permanent_transfer_open', ['unit_id', 'person_id', 'business_type_id'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'accepted')"), postgresql_where=sa.text("state IN ('proposed', 'accepted')"))

    op.create_table('refusal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('business_type_id', sa.Integer(), nullable=False),
    sa.Column('refused_at', sa.DateTime(), nullable=False),
    sa.Column('ground', sa.String(length=20), nullable=False),
    sa.Column('explanation', sa.LargeBinary(), nullable=False),
    sa.Column('adequate', sa.Boolean(), nullable=True),
    sa.Column('remark', sa.String(length=200), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(), nullable=True),
    sa.Column('reviewed_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('(adequate IS NULL) = (reviewed_at IS NULL)', name=op.f('ck_refusal_reviewed_whole')),
    sa.ForeignKeyConstraint(['business_type_id'], ['business_type.id'], name=op.f('fk_refusal_business_type_id')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_refusal_counter_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], name=op.f('fk_refusal_officer_id')),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['ab_user.id'], name=op.f('fk_refusal_reviewed_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_refusal_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_refusal_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusal'))
    )
    with op.batch_alter_table('refusal', schema=None) as batch_op:
        batch_op.create_index('ix_refusal_unit', ['unit_id', 'refused_at'], unique=False)
        batch_op.create_index('ix_refusal_visit', ['visit_id'], unique=False)

    op.create_table('unended_explanation',
    sa.Column('visit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('explanation', sa.LargeBinary(), nullable=False),
    sa.Column('explained_at', sa.DateTime(), nullable=False),
    sa.Column('explained_by_id', sa.Integer(), nullable=False),
    sa.Column('signed_at', sa.DateTime(), nullable=True),
    sa.Column('signed_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['explained_by_id'], ['ab_user.id'], name=op.f('fk_unended_explanation_explained_by_id')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['ab_user.id'], name=op.f('fk_unended_explanation_signed_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unended_explanation_unit_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_unended_explanation_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_unended_explanation'))
    )
    with op.batch_alter_table('unended_explanation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unended_explanation_unit_id'), ['unit_id'], unique=False)

    op.create_table('visit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('actor_name', sa.String(length=64), nullable=False),
    sa.Column('move', sa.String(length=16), nullable=False),
    sa.Column('from_state', sa.String(length=10), nullable=True),
    sa.Column('to_state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['ab_user.id'], name=op.f('fk_visit_entry_actor_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_entry_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_entry'))
    )
    with op.batch_alter_table('visit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_visit_entry_visit', ['visit_id', 'id'], unique=False)



def downgrade():
    with op.batch_alter_table('visit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_entry_visit')

    op.drop_table('visit_entry')
    with op.batch_alter_table('unended_explanation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unended_explanation_unit_id'))

    op.drop_table('unended_explanation')
    with op.batch_alter_table('refusal', schema=None) as batch_op:
        batch_op.drop_index('ix_refusal_visit')
        batch_op.drop_index('ix_refusal_unit')

    op.drop_table('refusal')
    with op.batch_alter_table('permanent_transfer', schema=None) as batch_op:
        batch_op.drop_index('uq_permanent_transfer_open', sqlite_where=sa.text("state IN ('proposed', 'accepted')"), postgresql_where=sa.text("state IN ('proposed', 'accepted')"))
        batch_op.drop_index('ix_permanent_transfer_unit')

    op.drop_table('permanent_transfer')
    with op.batch_alter_table('owner_change', schema=None) as batch_op:
        batch_op.drop_index('ix_owner_change_person')

    op.drop_table('owner_change')
    with op.batch_alter_table('overtime_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_overtime_decision_unit_id'))

    op.drop_table('overtime_decision')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_visit')
        batch_op.drop_index('ix_notice_unread', sqlite_where=sa.text('acknowledged_at IS NULL'), postgresql_where=sa.text('acknowledged_at IS NULL'))

    op.drop_table('notice')
    with op.batch_alter_table('dispatch_decision', schema=None) as batch_op:
        batch_op.drop_index('ix_dispatch_decision_visit')
        batch_op.drop_index('ix_dispatch_decision_day')

    op.drop_table('dispatch_decision')
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.drop_index('ix_change_request_unit')

    op.drop_table('change_request')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('uq_visit_serving_officer', sqlite_where=sa.text("state = 'serving'"), postgresql_where=sa.text("state = 'serving'"))
        batch_op.drop_index('uq_visit_serving_counter', sqlite_where=sa.text("state = 'serving'"), postgresql_where=sa.text("state = 'serving'"))
        batch_op.drop_index('ix_visit_person')
        batch_op.drop_index('ix_visit_open', sqlite_where=sa.text("state IN ('checked_in', 'waiting', 'called', 'serving')"), postgresql_where=sa.text("state IN ('checked_in', 'waiting', 'called', 'serving')"))
        batch_op.drop_index('ix_visit_officer')
        batch_op.drop_index('ix_visit_debt')
        batch_op.drop_index('ix_visit_day')

    op.drop_table('visit')
    with op.batch_alter_table('tally_correction', schema=None) as batch_op:
        batch_op.drop_index('ix_tally_correction_day')

    op.drop_table('tally_correction')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index('ix_post_unit')
        batch_op.drop_index('ix_post_officer')
        batch_op.drop_index('ix_post_counter')

    op.drop_table('post')
    op.drop_table('tally_signature')
    op.drop_table('tally_confirmation')
    with op.batch_alter_table('tally_acceptance', schema=None) as batch_op:
        batch_op.drop_index('ix_tally_acceptance_day')

    op.drop_table('tally_acceptance')
    with op.batch_alter_table('table_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_table_upload_user_id'))

    op.drop_table('table_upload')
    with op.batch_alter_table('table_change', schema=None) as batch_op:
        batch_op.drop_index('ix_table_change_unit')
        batch_op.drop_index('ix_table_change_row')

    op.drop_table('table_change')
    with op.batch_alter_table('reception_shift', schema=None) as batch_op:
        batch_op.drop_index('ix_reception_shift_unit')

    op.drop_table('reception_shift')
    op.drop_table('ratio_share')
    with op.batch_alter_table('owner', schema=None) as batch_op:
        batch_op.drop_index('ix_owner_officer')

    op.drop_table('owner')
    with op.batch_alter_table('new_case_rule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_new_case_rule_unit_id'))

    op.drop_table('new_case_rule')
    op.drop_table('identity_group')
    with op.batch_alter_table('evidence_record', schema=None) as batch_op:
        batch_op.drop_index('uq_evidence_record')
        batch_op.drop_index('ix_evidence_record_number')

    op.drop_table('evidence_record')
    with op.batch_alter_table('deputy', schema=None) as batch_op:
        batch_op.drop_index('ix_deputy_unit')

    op.drop_table('deputy')
    op.drop_table('departure')
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_counter_group_id'))

    op.drop_table('counter')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('ix_attendance_unit')
        batch_op.drop_index('ix_attendance_officer')

    op.drop_table('attendance')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index('uq_appointment_slot', sqlite_where=sa.text("state IN ('booked', 'kept')"), postgresql_where=sa.text("state IN ('booked', 'kept')"))
        batch_op.drop_index('ix_appointment_person')
        batch_op.drop_index('ix_appointment_day')

    op.drop_table('appointment')
    op.drop_table('wait_limit')
    op.drop_table('ticket_book')
    op.drop_table('target')
    with op.batch_alter_table('mass_layoff_order', schema=None) as batch_op:
        batch_op.drop_index('ix_mass_layoff_order_unit')

    op.drop_table('mass_layoff_order')
    op.drop_table('duty_list')
    op.drop_table('desk')
    op.drop_table('counter_group')
    op.drop_table('centre_holiday')
    op.drop_table('business_type')
