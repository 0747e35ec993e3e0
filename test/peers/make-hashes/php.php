<?php
// Hashes by PHP, Laravel, Symfony, WordPress's phpass and libsodium, as lines of JSON. Debian: php-cli
// php-laravel-framework php-symfony-password-hasher; the first argument is WordPress's class-phpass.php.
require '/usr/share/php/Illuminate/autoload.php';
require '/usr/share/php/Symfony/Component/PasswordHasher/autoload.php';
require $argv[1];

use Symfony\Component\PasswordHasher\Hasher\NativePasswordHasher;
use Symfony\Component\PasswordHasher\Hasher\SodiumPasswordHasher;

function tell($made_by, $password, $hash)
{
    echo json_encode(compact('made_by', 'password', 'hash'), JSON_UNESCAPED_SLASHES), "\n";
}

$version = fn ($package) => trim(preg_replace('/[-+].*/', '', shell_exec("dpkg-query -W -f '\${Version}' $package")));
$laravel = 'Laravel ' . $version('php-laravel-framework');
$symfony = 'Symfony ' . $version('php-symfony-password-hasher');
$php = 'PHP ' . PHP_VERSION;
$long = str_repeat('x', 80) . 'tail';

foreach (['password123', 'Été à la plage ☀'] as $password) {
    tell("$laravel BcryptHasher", $password, (new Illuminate\Hashing\BcryptHasher())->make($password));
    tell("$laravel ArgonHasher", $password, (new Illuminate\Hashing\ArgonHasher())->make($password));
    tell("$laravel Argon2IdHasher", $password, (new Illuminate\Hashing\Argon2IdHasher())->make($password));
    tell("$symfony NativePasswordHasher", $password, (new NativePasswordHasher())->hash($password));
    tell("$symfony SodiumPasswordHasher", $password, (new SodiumPasswordHasher())->hash($password));
    tell("WordPress 6.1.9 class-phpass, portable", $password, (new PasswordHash(8, true))->HashPassword($password));
    tell("PHPass 0.5 (WordPress 6.1.9), bcrypt", $password, (new PasswordHash(8, false))->HashPassword($password));
    tell("$php password_hash, as WordPress 6.8 wp_hash_password calls it", $password,
        '$wp' . password_hash(base64_encode(hash_hmac('sha384', trim($password), 'wp-sha384', true)), PASSWORD_BCRYPT));
    tell("$php password_hash, as PrestaShop 8 calls it", $password, password_hash($password, PASSWORD_BCRYPT));

    $salt = 'QwErTy1234567890abcdefghijklmnop';
    $argon = fn ($data) => bin2hex(sodium_crypto_pwhash(32, $data, substr($salt, 0, 16), 2, 67108864,
        SODIUM_CRYPTO_PWHASH_ALG_ARGON2ID13));
    $magento = "$php libsodium " . SODIUM_LIBRARY_VERSION . ', as Magento 2.4 Encryptor calls it, version';
    tell("$magento 1", $password, hash('sha256', $salt . $password) . ":$salt:1");
    tell("$magento 2", $password, $argon($password) . ":$salt:2");
    tell("$magento 3", $password, $argon($password) . ":$salt:3_32_2_67108864");
    tell("$magento 1:2, upgraded", $password, $argon(hash('sha256', $salt . $password)) . ":$salt:1:2");
}
tell("$symfony NativePasswordHasher, bcrypt", $long, (new NativePasswordHasher(null, null, 10, PASSWORD_BCRYPT))->hash($long));
tell("$symfony NativePasswordHasher, bcrypt", 'password123', (new NativePasswordHasher(null, null, 10, PASSWORD_BCRYPT))->hash('password123'));
