import { activitySlots } from '../temporal/activity-slots.js';
import { askedByItsOwn } from './asked-by.js';

/** What a worker passes every activity through, in this order: values in their slots first, then whose business it is. */
export const activityInterceptors = [activitySlots, askedByItsOwn];
