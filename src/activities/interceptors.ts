import { activitySlots } from '../temporal/activity-slots.js';
import { askedByItsOwn } from './asked-by.js';

/** The interceptors of every activity, in order: values in their slots first, then whether the workflow may run it. */
export const activityInterceptors = [activitySlots, askedByItsOwn];
