/**
 * The page's script: filters, keyboard shortcuts, dark mode. The page is readable without it. Text from the page is only ever assigned
 * as a value, never as markup or a selector. Filters are kept in the URL fragment, so that a filtered report can be shared.
 */
export const script = String.raw`(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);

  // Storage throws if the page has an opaque origin.
  const stored = (name) => { try { return localStorage.getItem('k8s-gate-' + name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem('k8s-gate-' + name, value); } catch {} };

  const theme = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  const showTheme = () => theme.setAttribute('aria-pressed', String(isDark()));
  if (['dark', 'light'].includes(stored('theme'))) root.dataset.theme = stored('theme');
  theme.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    store('theme', root.dataset.theme);
    showTheme();
  });
  system.addEventListener('change', showTheme);
  theme.hidden = false;
  showTheme();

  // Closed details print only their summary.
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')].filter((details) => details.closest('[hidden]') === null);
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => { for (const details of opened) details.open = false; });

  const form = byId('filters');
  if (form === null) return;
  const search = byId('q');
  const keys = byId('keys');
  const boxes = [...form.querySelectorAll('fieldset input')].map((box) => ({ box, number: box.parentElement.querySelector('.number') }));
  const facets = [...new Set(boxes.map(({ box }) => box.name))];
  const groups = [...document.querySelectorAll('section[data-group]')].map((section) => ({
    section,
    number: section.querySelector('h3 .number'),
    rows: [...section.querySelectorAll('li')].map((item) => ({
      item,
      summary: item.querySelector('summary'),
      values: new Map(facets.map((name) => [name, (item.dataset[name] ?? '').split('\n')])),
      text: undefined,
    })),
  }));
  const rows = groups.flatMap((group) => group.rows);

  const textOf = (row) => {
    row.text ??= [row.summary, ...row.item.querySelectorAll('dd')].map((part) => part.textContent).join('\n').toLowerCase();
    return row.text;
  };

  /** Shows findings that match every facet; the count at each value is the number of matches in the other facets. */
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const chosen = new Map(facets.map((name) => [name, new Set()]));
    for (const { box } of boxes) if (box.checked) chosen.get(box.name).add(box.value);
    const counts = new Map(facets.map((name) => [name, new Map()]));
    for (const row of rows) {
      const fits = (name) => chosen.get(name).size === 0 || row.values.get(name).some((value) => chosen.get(name).has(value));
      const matches = words.length === 0 || words.every((word) => textOf(row).includes(word));
      const missed = facets.filter((name) => !fits(name));
      const hidden = !matches || missed.length > 0;
      if (row.item.hidden !== hidden) row.item.hidden = hidden;
      const counted = !matches || missed.length > 1 ? [] : missed.length === 1 ? missed : facets;
      for (const name of counted) {
        for (const value of row.values.get(name)) counts.get(name).set(value, (counts.get(name).get(value) ?? 0) + 1);
      }
    }
    for (const { box, number } of boxes) number.textContent = String(counts.get(box.name).get(box.value) ?? 0);
    for (const { section, number, rows: members } of groups) {
      const shown = members.filter((row) => !row.item.hidden).length;
      section.hidden = shown === 0;
      number.textContent = shown === members.length ? String(shown) : shown + ' of ' + members.length;
    }
    announce(rows.filter((row) => !row.item.hidden).length);
  };

  // Debounced, so that a screen reader does not restart with every key.
  let announcing;
  const announce = (shown) => {
    const all = rows.length + (rows.length === 1 ? ' finding' : ' findings');
    const text = shown === rows.length ? all : shown + ' of ' + all + ' shown';
    clearTimeout(announcing);
    announcing = setTimeout(() => { byId('tally').textContent = text; }, 150);
    byId('none').hidden = shown > 0;
    byId('clear').disabled = !isFiltered();
  };

  const isFiltered = () => search.value !== '' || boxes.some(({ box }) => box.checked);

  const save = () => {
    const state = new URLSearchParams();
    if (search.value !== '') state.append('q', search.value);
    for (const { box } of boxes) if (box.checked) state.append(box.name, box.value);
    const hash = state.toString();
    history.replaceState(null, '', hash === '' ? location.href.split('#')[0] : '#' + hash);
  };

  const restore = () => {
    const hash = location.hash.slice(1);
    if (hash !== '' && !hash.includes('=')) return; // a heading of this page
    const state = new URLSearchParams(hash);
    search.value = state.get('q') ?? '';
    for (const { box } of boxes) box.checked = state.getAll(box.name).includes(box.value);
    apply();
  };

  const clear = () => {
    search.value = '';
    for (const { box } of boxes) box.checked = false;
    save();
    apply();
  };

  const move = (step) => {
    const shown = rows.filter((row) => !row.item.hidden);
    const current = shown.findIndex((row) => row.item.contains(document.activeElement));
    const next = current === -1 ? (step > 0 ? 0 : shown.length - 1) : current + step;
    const row = shown[Math.min(Math.max(next, 0), shown.length - 1)];
    if (row === undefined) return;
    row.summary.focus({ preventScroll: true });
    row.item.scrollIntoView({ block: 'nearest' });
  };

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape') return isFiltered() ? clear() : document.activeElement.blur();
    if (!keys.checked || event.target.matches('input:not([type=checkbox])')) return;
    if (event.key === '/') search.focus();
    else if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
    else return;
    event.preventDefault();
  };

  let waiting = false;
  const changed = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; save(); apply(); });
  };

  const toggleAll = () => {
    const shown = rows.filter((row) => !row.item.hidden).map((row) => row.item.querySelector('details'));
    const open = shown.some((details) => !details.open);
    for (const details of shown) details.open = open;
  };

  form.addEventListener('input', (event) => { if (event.target !== keys) changed(); });
  form.addEventListener('submit', (event) => { event.preventDefault(); apply(); move(1); });
  byId('clear').addEventListener('click', clear);
  byId('open').addEventListener('click', toggleAll);
  keys.checked = stored('keys') !== 'off';
  keys.addEventListener('change', () => store('keys', keys.checked ? 'on' : 'off'));
  document.addEventListener('keydown', onKey);
  addEventListener('hashchange', restore);
  form.hidden = false;
  restore();
})();
`;
