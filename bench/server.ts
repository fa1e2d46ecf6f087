import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Answers as told, by method and path without the query; prints its port. */
const PROGRAM = `
const answers = JSON.parse(process.argv[1]);
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(answers[request.method + ' ' + request.url.split('?')[0]] ?? answers.login);
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
process.stdin.on('end', () => process.exit()).resume();
`;

/** Serves fixed answers from a process of its own, so that its work is not counted; it ends with this one. */
export async function serveFixed(answers: Record<string, string>): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, ['--eval', PROGRAM, JSON.stringify(answers)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, stop: () => void child.kill() };
}
