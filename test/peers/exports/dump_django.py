"""What `manage.py dumpdata auth` of Django writes (Debian: python3-django)."""
import datetime
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    USE_TZ=True,
    DEFAULT_AUTO_FIELD='django.db.models.AutoField',
)
django.setup()
from django.contrib.auth.models import Group, User
from django.core.management import call_command

call_command('migrate', verbosity=0)
Group.objects.create(name='staff')
joined = datetime.datetime(2024, 2, 29, 12, 30, 15, 123456, datetime.timezone.utc)
new = lambda name, email, password, **more: User.objects.create_user(name, email, password, date_joined=joined, **more)
new('Anna', 'Anna@EXAMPLE.org', 'password123', first_name='Anna', last_name='Müller')
new('berta', 'berta@example.org', None)
new('carl', 'carl@example.org', 'password123', is_active=False)
new('dora', 'dora@example.org', 'password123', is_superuser=True, is_staff=True)
new('emil', '', 'password123')
call_command('dumpdata', 'auth')
