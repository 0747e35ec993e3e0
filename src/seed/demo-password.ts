/** The public password of every demo account. */
export const DEMO_PASSWORD = 'password123';
