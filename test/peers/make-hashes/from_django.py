"""Hashes by Django (Debian: python3-django python3-bcrypt python3-argon2), as lines of JSON."""
import hashlib, base64, json, sys
import django
from django.conf import settings

settings.configure(PASSWORD_HASHERS=[
    'django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher',
    'django.contrib.auth.hashers.BCryptPasswordHasher',
    'django.contrib.auth.hashers.Argon2PasswordHasher',
])
django.setup()
from django.contrib.auth.hashers import make_password

def tell(made_by, password, hash):
    print(json.dumps({'made_by': made_by, 'password': password, 'hash': hash}))

for password in ['password123', 'Été à la plage ☀']:
    for algorithm, name in [('pbkdf2_sha1', 'PBKDF2SHA1PasswordHasher'), ('bcrypt', 'BCryptPasswordHasher'), ('argon2', 'Argon2PasswordHasher')]:
        tell(f'Django {django.__version__} {name}', password, make_password(password, hasher=algorithm))
    # Django 4.0's ScryptPasswordHasher: this function with these parameters, in this format
    salt = 'V9mKcAMJ0Fi3dCoyfD5D8Q'
    key = hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**14, r=8, p=1, maxmem=0, dklen=64)
    made_by = f'Python {sys.version.split()[0]} hashlib.scrypt, as Django 4.0 ScryptPasswordHasher calls and writes it'
    tell(made_by, password, f'scrypt$16384${salt}$8$1${base64.b64encode(key).decode()}')
