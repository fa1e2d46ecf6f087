import { Renderer, RENDERING_LIMITS, type RenderingLimits } from '../../src/rendering/renderer.js';

/** Draws documents with the program that the sources make. */
export async function rendererOfSources(limits: Partial<RenderingLimits> = {}): Promise<Renderer> {
  const programs = new URL('../../scripts/programs.mjs', import.meta.url).href;
  const made = (await import(programs)) as { programOfSources(name: string): Promise<string> };
  return new Renderer(await made.programOfSources('render-page'), { ...RENDERING_LIMITS, ...limits });
}
