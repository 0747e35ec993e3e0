import { HttpContextToken } from '@angular/common/http';

/** For requests with credentials of their own, such as a refresh token. */
export const WITHOUT_CREDENTIALS = new HttpContextToken(() => false);
