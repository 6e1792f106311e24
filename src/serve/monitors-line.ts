/** The lines of the monitors' ledger, and what callers hand in to be written there, checked. Names and reasons are trimmed, and none may be empty. */
import * as z from 'zod';
import { jobObservationSchema, monitorLevelsSchema } from './monitors-levels.ts';

const jobId = z.string().min(1).max(200);
const words = (most: number) => z.string().trim().min(1).max(most);
/** What all detectors together may spend. */
export const alphaSchema = z.number().gt(0).lt(1);
const line = { schemaVersion: z.literal(1), previous: z.string() };
const time = z.iso.datetime();
export const monitorsLineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('began'), levels: monitorLevelsSchema, alpha: alphaSchema }),
  /** With the alarms that it raised: what the detectors must come to again when the ledger is read. */
  z.strictObject({ ...line, kind: z.literal('observed'), at: time, jobId, observation: jobObservationSchema, alarms: z.array(z.string()) }),
  z.strictObject({ ...line, kind: z.literal('cleared'), at: time, alarmId: z.string(), by: words(200), reason: words(2000) }),
]);
export type MonitorsLine = z.infer<typeof monitorsLineSchema>;

export const observedSchema = z.strictObject({ jobId, observation: jobObservationSchema, now: z.date() });
/** A person's word that an alarm is over. */
export const clearingSchema = z.strictObject({ by: words(200), reason: words(2000), now: z.date() });
