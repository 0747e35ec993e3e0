# Hashes by Devise (Debian: ruby-devise), as lines of JSON; the pepper is "a pepper of the old shop".
require 'json'
require 'active_support'
require 'devise'
require 'devise/version'
require 'devise/encryptor'

Klass = Struct.new(:pepper, :stretches)
['password123', 'Été à la plage ☀'].each do |password|
  [[nil, ''], ['a pepper of the old shop', ', with pepper']].each do |pepper, how|
    hash = Devise::Encryptor.digest(Klass.new(pepper, 12), password)
    puts JSON.generate(made_by: "Devise #{Devise::VERSION}#{how}", password: password, hash: hash)
  end
end
