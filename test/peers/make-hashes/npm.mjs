// Hashes by npm packages, as lines of JSON; the arguments are the folders of scrypt-kdf 2.0.1 and bcrypt 6.0.0.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [scryptKdf, bcrypt] = process.argv.slice(2).map((folder) => require(folder));

for (const password of ['password123', 'Été à la plage ☀']) {
  const kdf = await (scryptKdf.default ?? scryptKdf).kdf(password, { logN: 15, r: 8, p: 1 });
  tell('scrypt-kdf 2.0.1, as Medusa 2.10 auth-emailpass calls it', password, kdf.toString('base64'));
  tell('bcrypt 6.0.0, as Vendure 3.7 calls it', password, await bcrypt.hash(password, 12));
}

function tell(made_by, password, hash) {
  console.log(JSON.stringify({ made_by, password, hash }));
}
