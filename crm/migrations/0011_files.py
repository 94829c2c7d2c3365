from django.db import migrations, models

from crm.files import sql


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0010_workflow'),
    ]

    operations = [
        migrations.AlterField(
            model_name='readlog',
            name='kind',
            field=models.CharField(choices=[('page', 'Page opened'), ('own_clear', 'Own client shown in clear'), ('reveal', 'Hidden field revealed'), ('search', 'Search by personal data'), ('export', 'Export'), ('download', 'File downloaded'), ('play', 'Recording played')], max_length=16, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='bytes')),
                ('mime', models.CharField(max_length=80, verbose_name='kind of file')),
                ('stored_at', models.DateTimeField(verbose_name='stored')),
                ('retained_until', models.DateField(verbose_name='kept at least until')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='last checked')),
                ('fault', models.CharField(blank=True, choices=[('', 'In order'), ('missing', 'The file is missing in the store.'), ('altered', 'The content is no longer what was stored.'), ('unreadable', 'The file cannot be read.')], max_length=10, verbose_name='damage')),
            ],
            options={
                'verbose_name': 'stored file',
                'verbose_name_plural': 'stored files',
                'default_permissions': (),
                'indexes': [models.Index(models.OrderBy(models.F('checked_at'), nulls_first=True), name='crm_storedfile_checked'), models.Index(condition=models.Q(('fault', ''), _negated=True), fields=['id'], name='crm_storedfile_damaged')],
                'constraints': [models.UniqueConstraint(fields=('sha256', 'size'), name='crm_storedfile_content'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='crm_storedfile_sha256'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='crm_storedfile_not_empty')],
            },
        ),
        migrations.RunSQL(sql.FUNCTION, sql.DROP_FUNCTION),
        migrations.RunSQL(sql.TRIGGER, sql.DROP_TRIGGER),
    ]
