import { HttpContextToken } from '@angular/common/http';

/** For requests that bring their own proof, such as a refresh token. */
export const WITHOUT_CREDENTIALS = new HttpContextToken(() => false);
