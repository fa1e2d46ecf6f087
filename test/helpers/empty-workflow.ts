/** The least that a worker can run; what a bundle weighs beyond it is ours. */
export async function emptyWorkflow(): Promise<void> {}
