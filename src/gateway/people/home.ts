/** Where somebody lands who has signed in. */
export const SESSION_HOME = '/console';
