/**
 * The report's only script: steps through an opened episode with buttons and arrow keys. It makes no markup and reads no text; without it all steps
 * are shown. A constant, so that its hash can stand in the page's content security policy.
 */
export const SCRIPT = `
for (const episode of document.querySelectorAll('.episode')) {
  const stepper = episode.querySelector('.stepper');
  const steps = [...episode.querySelectorAll('.step')];
  if (!stepper || steps.length < 2) continue;
  const position = stepper.querySelector('.position');
  const [back, forward] = stepper.querySelectorAll('[data-go]');
  const all = stepper.querySelector('[data-all]');
  let at = 0;
  let showsAll = false;
  const show = () => {
    steps.forEach((step, i) => { step.hidden = !showsAll && i !== at; });
    back.disabled = showsAll || at === 0;
    forward.disabled = showsAll || at === steps.length - 1;
    all.textContent = showsAll ? 'One by one' : 'Show all';
    position.textContent = showsAll ? steps.length + ' steps' : (at + 1) + ' of ' + steps.length;
  };
  const go = (by) => { at = Math.min(steps.length - 1, Math.max(0, at + by)); show(); };
  stepper.addEventListener('click', ({ target }) => {
    if (target === all) { showsAll = !showsAll; show(); }
    else if (target.dataset.go) go(Number(target.dataset.go));
  });
  episode.addEventListener('keydown', (event) => {
    if (showsAll || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || event.target.closest('.screen')) return;
    event.preventDefault();
    go(by);
  });
  stepper.hidden = false;
  show();
  addEventListener('beforeprint', () => { steps.forEach((step) => { step.hidden = false; }); });
  addEventListener('afterprint', show);
}
`;
