/** Lets an operator look closer at a page, with the keyboard, too. */
const picture = document.querySelector<HTMLImageElement>('.paper img');
const tools = document.querySelector<HTMLElement>('#looking');

const STEP = 1.25;
let size = 1;
let turns = 0;

const ACTIONS: Record<string, () => void> = {
  larger: () => (size = Math.min(size * STEP, 8)),
  smaller: () => (size = Math.max(size / STEP, 0.25)),
  turn: () => (turns = (turns + 1) % 4),
};

function look(action: string): void {
  if (!picture) return;
  ACTIONS[action]?.();
  const { naturalWidth: width, naturalHeight: height } = picture;
  const shown = Math.min(width, picture.parentElement!.clientWidth) * size;
  picture.style.width = `${shown}px`;
  picture.style.maxWidth = 'none';
  picture.style.transform = `rotate(${turns * 90}deg)`;
  // Turned on its side it takes its height as its width.
  picture.style.margin = turns % 2 === 1 ? `${Math.max(0, (shown - (shown * height) / width) / 2)}px 0` : '0';
}

if (picture && tools) {
  tools.hidden = false;
  for (const button of tools.querySelectorAll<HTMLButtonElement>('button'))
    button.addEventListener('click', () => look(button.dataset['look'] ?? ''));
}

const KEYS: Record<string, () => void> = {
  n: () => step('next'),
  p: () => step('prev'),
  '[': () => step('up'),
  ']': () => step('down'),
  '+': () => look('larger'),
  '-': () => look('smaller'),
  t: () => look('turn'),
};

function step(where: string): void {
  document.querySelector<HTMLAnchorElement>(`a[data-step=${where}]`)?.click();
}

// Only while the page itself has the focus, so that no key does something by accident (WCAG 2.1.4).
picture?.parentElement?.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
