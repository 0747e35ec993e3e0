<?php
// The validation of document 002 by Laravel's own validator (Debian: php-cli php-laravel-framework), with the sentences of
// Laravel 10 and its summary of them: php -S 127.0.0.1:PORT laravel_accounts.php

require '/usr/share/php/Illuminate/autoload.php';

const LINES = [
    'required' => 'The :attribute field is required.',
    'string' => 'The :attribute field must be a string.',
    'email' => 'The :attribute field must be a valid email address.',
    'min.string' => 'The :attribute field must be at least :min characters.',
    'max.string' => 'The :attribute field must not be greater than :max characters.',
    'confirmed' => 'The :attribute field confirmation does not match.',
    'boolean' => 'The :attribute field must be true or false.',
    'date' => 'The :attribute field must be a valid date.',
    'before' => 'The :attribute field must be a date before :date.',
    'in' => 'The selected :attribute is invalid.',
];
const PASSWORD = 'required|string|min:8|max:128|confirmed';
const RULES = [
    'register' => [
        'name' => 'required|string|max:150',
        'email' => 'required|string|email|max:254',
        'password' => PASSWORD,
        'birth_date' => 'nullable|date|before:today',
        'gender' => 'nullable|in:male,female,other',
        'newsletter_subscription' => 'nullable|boolean',
    ],
    'login' => ['email' => 'required|string|max:254', 'password' => 'required|string|max:128'],
    'change-password' => ['current_password' => 'required|string|max:128', 'password' => PASSWORD],
];

$fields = json_decode(file_get_contents('php://input'), true) ?? [];
foreach ($fields as $name => $value) { // as the middlewares TrimStrings and ConvertEmptyStringsToNull do
    if (is_string($value) && !str_contains($name, 'password')) {
        $value = trim($value);
    }
    $fields[$name] = $value === '' ? null : $value;
}

$loader = new Illuminate\Translation\ArrayLoader();
$translator = new Illuminate\Translation\Translator($loader, 'en');
foreach (LINES as $rule => $line) {
    $translator->addLines(["validation.$rule" => $line], 'en');
}
$route = basename(rtrim(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/'));
$validator = (new Illuminate\Validation\Factory($translator))->make($fields, RULES[$route]);
header('content-type: application/json');
if (!$validator->fails()) {
    echo json_encode(['success' => true]);
    return;
}
$messages = $validator->errors()->all();
$more = count($messages) - 1;
$message = $messages[0] . ($more === 0 ? '' : " (and $more more error" . ($more === 1 ? '' : 's') . ')');
http_response_code(422);
echo json_encode(['success' => false, 'message' => $message, 'errors' => $validator->errors()->messages()]);
