import { SetMetadata } from '@nestjs/common';

export const NOT_LIMITED = Symbol('not limited');

/** For those who must be answered however often they ask. */
export const NotLimited = () => SetMetadata(NOT_LIMITED, true);
