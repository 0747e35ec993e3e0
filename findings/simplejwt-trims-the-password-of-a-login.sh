#!/usr/bin/env bash
# djangorestframework-simplejwt 5.2.2 (Debian 12, with Django REST framework 3.14.0) trims the password of a login, while
# Django does not when it is set (create_user, its admin, changepassword). A user whose password begins or ends with a space
# gets no token; a shop that imports such hashes must try both forms.
# Expected: tokens, since Django's authenticate() accepts the same text. Seen: 401.
set -euo pipefail
cd "$(mktemp -d)"
chmod 755 .
apt-get download -qq python3-djangorestframework-simplejwt=5.2.2-1 python3-djangorestframework=3.14.0-2+deb12u1 \
  python3-django python3-jwt python3-asgiref python3-sqlparse python3-tz 2>&1 | grep -v 'unsandboxed' || true
for package in *.deb; do dpkg-deb -x "$package" root; done
cat >run.py <<'PY'
import django
from django.conf import settings

settings.configure(
    SECRET_KEY='x' * 40,
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=['*'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes'],
)
django.setup()

from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.urls import path
from rest_framework.test import APIClient
from rest_framework_simplejwt.views import TokenObtainPairView

urlpatterns = [path('token/', TokenObtainPairView.as_view())]
call_command('migrate', verbosity=0)
password = ' secret123 '
get_user_model().objects.create_user('ann', 'ann@example.com', password)
known = authenticate(username='ann', password=password) is not None
answer = APIClient().post('/token/', {'username': 'ann', 'password': password}, format='json')
print('authenticate() of Django:', known, '- POST /token/:', answer.status_code)
assert known and answer.status_code == 401
PY
PYTHONPATH=root/usr/lib/python3/dist-packages python3 run.py
