import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('callbacks', '0001_initial'),
        ('crm', '0011_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('upload', 'Uploaded'), ('browser', 'Recorded in the browser'), ('telephony', 'Delivered by the telephone system')], max_length=10, verbose_name='source')),
                ('format', models.CharField(choices=[('wav', 'WAV'), ('mp3', 'MP3'), ('m4a', 'M4A'), ('ogg', 'Ogg'), ('webm', 'WebM')], max_length=5, verbose_name='format')),
                ('duration_ms', models.PositiveIntegerField(verbose_name='length (milliseconds)')),
                ('complete', models.BooleanField(default=True, verbose_name='complete')),
                ('peaks', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), null=True, size=None)),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
                ('telephony_ref', models.CharField(blank=True, max_length=100, verbose_name='number at the telephone system')),
                ('at', models.DateTimeField(verbose_name='added')),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='callbacks.attempt', verbose_name='try')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('call', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='callbacks.call', verbose_name='call')),
                ('enquiry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='callbacks.enquiry', verbose_name='enquiry')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.storedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'recording',
                'verbose_name_plural': 'recordings',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('call__isnull', True), ('enquiry__isnull', True)), fields=['-at', '-id'], name='callbacks_recording_loose'), models.Index(condition=models.Q(('telephony_ref', ''), _negated=True), fields=['telephony_ref'], name='callbacks_recording_ref')],
                'constraints': [models.CheckConstraint(condition=models.Q(('call__isnull', True), ('enquiry__isnull', True), _connector='OR'), name='callbacks_recording_of_one'), models.CheckConstraint(condition=models.Q(('attempt__isnull', True), ('call__isnull', False), _connector='OR'), name='callbacks_recording_try_of_call'), models.UniqueConstraint(condition=models.Q(('call__isnull', False)), fields=('call', 'file'), name='callbacks_recording_call_once'), models.UniqueConstraint(condition=models.Q(('enquiry__isnull', False)), fields=('enquiry', 'file'), name='callbacks_recording_enquiry_once'), models.UniqueConstraint(condition=models.Q(('call__isnull', True), ('enquiry__isnull', True)), fields=('telephony_ref', 'file'), name='callbacks_recording_loose_once')],
            },
        ),
        migrations.CreateModel(
            name='RecordingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(choices=[('upload', 'Uploaded'), ('browser', 'Recorded in the browser'), ('telephony', 'Delivered by the telephone system')], max_length=10, verbose_name='source')),
                ('format', models.CharField(choices=[('wav', 'WAV'), ('mp3', 'MP3'), ('m4a', 'M4A'), ('ogg', 'Ogg'), ('webm', 'WebM')], max_length=5, verbose_name='format')),
                ('duration_ms', models.PositiveIntegerField(verbose_name='length (milliseconds)')),
                ('complete', models.BooleanField(default=True, verbose_name='complete')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file name')),
                ('telephony_ref', models.CharField(blank=True, max_length=100, verbose_name='number at the telephone system')),
                ('at', models.DateTimeField(verbose_name='added')),
                ('attempt', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='callbacks.attempt', verbose_name='try')),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('call', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='callbacks.call', verbose_name='call')),
                ('enquiry', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='callbacks.enquiry', verbose_name='enquiry')),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='crm.storedfile', verbose_name='file')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='callbacks.recording')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Take',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField()),
                ('received', models.PositiveBigIntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='callbacks.call')),
                ('enquiry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='callbacks.enquiry')),
                ('recording', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='callbacks.recording')),
            ],
            options={
                'verbose_name': 'recording being made',
                'verbose_name_plural': 'recordings being made',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['received_at'], name='callbacks_take_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('call__isnull', False), ('enquiry__isnull', True)), models.Q(('call__isnull', True), ('enquiry__isnull', False)), _connector='OR'), name='callbacks_take_of_one')],
            },
        ),
        migrations.CreateModel(
            name='TelephonyCommand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('ref', models.CharField(max_length=100)),
                ('verb', models.CharField(choices=[('dial', 'Dial'), ('answer', 'Answer'), ('end', 'End the call'), ('hold', 'Hold'), ('resume', 'Resume'), ('transfer', 'Transfer to a colleague'), ('conference', 'Bring in a colleague')], max_length=10)),
                ('sealed', models.BinaryField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed')], default='queued', max_length=6)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'telephone command',
                'verbose_name_plural': 'telephone commands',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_try_at'], name='callbacks_command_due'), models.Index(fields=['ref', '-id'], name='callbacks_command_ref')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'queued')), models.Q(models.Q(('state', 'queued'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='callbacks_command_ended_pair')],
            },
        ),
        migrations.CreateModel(
            name='TelephonyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=100, unique=True)),
                ('ref', models.CharField(max_length=100, verbose_name='number at the telephone system')),
                ('sequence', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('ringing', 'Ringing'), ('waiting', 'Waiting in the queue'), ('started', 'Dialled'), ('answered', 'Answered'), ('held', 'Put on hold'), ('resumed', 'Resumed'), ('transferred', 'Transferred'), ('ended', 'Ended'), ('recording_ready', 'Recording ready')], max_length=16, verbose_name='what happened')),
                ('occurred_at', models.DateTimeField(verbose_name='time')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('source', models.CharField(choices=[('webhook', 'Telephone system'), ('manual', 'Entered by hand')], max_length=8)),
                ('line', models.CharField(blank=True, max_length=50, verbose_name='line')),
                ('caller_sealed', models.BinaryField(null=True)),
                ('caller_digest', models.BinaryField(null=True)),
                ('caller_masked', models.CharField(blank=True, max_length=64, verbose_name='caller')),
                ('details', models.JSONField(default=dict)),
                ('body_sha256', models.CharField(max_length=64)),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='telephony_events', to='callbacks.attempt')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'telephone event',
                'verbose_name_plural': 'telephone events',
                'default_permissions': (),
                'indexes': [models.Index(fields=['ref', 'sequence', 'id'], name='callbacks_event_ref')],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position_ms', models.PositiveIntegerField(verbose_name='moment (milliseconds)')),
                ('text', models.CharField(max_length=200, verbose_name='remark')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='callbacks.recording')),
            ],
            options={
                'verbose_name': 'mark',
                'verbose_name_plural': 'marks',
                'default_permissions': (),
                'indexes': [models.Index(fields=['recording', 'position_ms', 'id'], name='callbacks_mark_order')],
            },
        ),
        migrations.CreateModel(
            name='MarkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('position_ms', models.PositiveIntegerField(verbose_name='moment (milliseconds)')),
                ('text', models.CharField(max_length=200, verbose_name='remark')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='callbacks.mark')),
                ('recording', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='callbacks.recording')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recording',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_recordingevent" ("at", "attempt_id", "by_id", "call_id", "complete", "duration_ms", "enquiry_id", "file_id", "file_name", "format", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "telephony_ref") SELECT new_values."at", new_values."attempt_id", new_values."by_id", new_values."call_id", new_values."complete", new_values."duration_ms", new_values."enquiry_id", new_values."file_id", new_values."file_name", new_values."format", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."source", new_values."telephony_ref" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6d3f746a6bf325bfb449bd63c353eba9da4e420d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ce189', referencing='REFERENCING NEW TABLE AS new_values ', table='callbacks_recording', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recording',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_recordingevent" ("at", "attempt_id", "by_id", "call_id", "complete", "duration_ms", "enquiry_id", "file_id", "file_name", "format", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "telephony_ref") SELECT new_values."at", new_values."attempt_id", new_values."by_id", new_values."call_id", new_values."complete", new_values."duration_ms", new_values."enquiry_id", new_values."file_id", new_values."file_name", new_values."format", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."source", new_values."telephony_ref" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."at" IS DISTINCT FROM (new_values."at") OR old_values."attempt_id" IS DISTINCT FROM (new_values."attempt_id") OR old_values."by_id" IS DISTINCT FROM (new_values."by_id") OR old_values."call_id" IS DISTINCT FROM (new_values."call_id") OR old_values."complete" IS DISTINCT FROM (new_values."complete") OR old_values."duration_ms" IS DISTINCT FROM (new_values."duration_ms") OR old_values."enquiry_id" IS DISTINCT FROM (new_values."enquiry_id") OR old_values."file_id" IS DISTINCT FROM (new_values."file_id") OR old_values."file_name" IS DISTINCT FROM (new_values."file_name") OR old_values."format" IS DISTINCT FROM (new_values."format") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."telephony_ref" IS DISTINCT FROM (new_values."telephony_ref")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ae866ae4c9429b0f6f7d71fff468374ea635de3e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9b8f9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='callbacks_recording', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recording',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_recordingevent" ("at", "attempt_id", "by_id", "call_id", "complete", "duration_ms", "enquiry_id", "file_id", "file_name", "format", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "telephony_ref") SELECT old_values."at", old_values."attempt_id", old_values."by_id", old_values."call_id", old_values."complete", old_values."duration_ms", old_values."enquiry_id", old_values."file_id", old_values."file_name", old_values."format", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."source", old_values."telephony_ref" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d9ed5e6741b12c0ce8a012b8f86f1a8d30578e17', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7801e', referencing='REFERENCING OLD TABLE AS old_values ', table='callbacks_recording', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='markevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='857fe67ca7b8aaf35135b678716effb70547450d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_228cc', table='callbacks_markevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mark',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_markevent" ("at", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_ms", "recording_id", "text") SELECT new_values."at", new_values."by_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."position_ms", new_values."recording_id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c9a5e9747fee8cfde10211aaad9775eb817a3d8a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_bf79f', referencing='REFERENCING NEW TABLE AS new_values ', table='callbacks_mark', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mark',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_markevent" ("at", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_ms", "recording_id", "text") SELECT new_values."at", new_values."by_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."position_ms", new_values."recording_id", new_values."text" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9c6f0076fcc8d6356232bf3c8aa3719f71770ed0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7104c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='callbacks_mark', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mark',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "callbacks_markevent" ("at", "by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position_ms", "recording_id", "text") SELECT old_values."at", old_values."by_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."position_ms", old_values."recording_id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='706cc297cece0bc8d0062016fa769a240047dc7a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a9f14', referencing='REFERENCING OLD TABLE AS old_values ', table='callbacks_mark', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='63a456905e423afd85393420e8021087f2308c04', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8ec7a', table='callbacks_recordingevent', when='BEFORE')),
        ),
    ]
