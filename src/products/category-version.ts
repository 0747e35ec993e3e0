import { FingerprintVersion } from '../http/fingerprint-version.js';

/** Former names are stored, but not when the category had them. */
export const CATEGORY_VERSION = new FingerprintVersion(['name', 'slug']);
