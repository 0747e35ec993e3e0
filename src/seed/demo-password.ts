/** Of every demo account; public. */
export const DEMO_PASSWORD = 'password123';
