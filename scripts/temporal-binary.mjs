import { fail, say } from './project.mjs';
import { importTypeScript } from './typescript.mjs';

/** The path of `temporal` or `temporal-test-server`, fetched first if need be. */
export async function temporalBinary(name) {
  const { findTemporalBinary } = await importTypeScript('dev/embedded/temporal-binary.ts');
  try {
    return await findTemporalBinary(name, { onProgress: say });
  } catch (error) {
    return fail(error.message);
  }
}
