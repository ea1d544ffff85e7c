// Shows the mails of the local stack, newest first, and looks for new ones every second.

const LOOK_EVERY = 1000;
const TABS = ['html', 'text', 'headers'];
const at = (id) => document.getElementById(id);

let mails = []; // newest first; a mail's number counts from the oldest, so it never changes
let shown = 0; // the number of the open mail, 0 for none
let tab = 'html';
let tag = '';

const byNumber = (number) => mails[mails.length - number];

function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

function list() {
  const focused = document.activeElement?.dataset?.number;
  const rows = mails.map((mail, index) => {
    const number = mails.length - index;
    const row = at('row').content.cloneNode(true).firstElementChild;
    row.querySelector('.to').textContent = mail.to;
    row.querySelector('.subject').textContent = mail.subject || '(no subject)';
    const time = row.querySelector('time');
    time.dateTime = mail.received_at;
    time.textContent = clock(mail.received_at);
    const button = row.querySelector('button');
    button.dataset.number = String(number);
    if (number === shown) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => open(number));
    return row;
  });
  at('mails').replaceChildren(...rows);
  if (focused) at('mails').querySelector(`[data-number="${focused}"]`)?.focus();
  at('none').hidden = mails.length > 0;
  at('count').textContent = mails.length === 1 ? '1 mail.' : `${mails.length} mails.`;
}

function header(mail, wanted) {
  const found = Object.entries(mail.headers).find(([name]) => name.toLowerCase() === wanted);
  return found ? found[1] : '';
}

function open(number) {
  const mail = byNumber(number);
  shown = mail ? number : 0;
  at('mail').hidden = !mail;
  if (!mail) return;
  at('subject').textContent = mail.subject || '(no subject)';
  at('to').textContent = mail.to;
  at('from').textContent = header(mail, 'from');
  at('received').dateTime = mail.received_at;
  at('received').textContent = new Date(mail.received_at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'long', hourCycle: 'h23' });
  at('text').textContent = mail.text || 'This mail has no text part.';
  at('html').src = `/mailbox/messages/${number}.html`;
  at('headers').replaceChildren(...Object.entries(mail.headers).map(([name, value]) => {
    const row = document.createElement('tr');
    const key = document.createElement('th');
    key.scope = 'row';
    key.textContent = name;
    const cell = document.createElement('td');
    cell.textContent = value;
    row.append(key, cell);
    return row;
  }));
  at('tab-html').disabled = !mail.html;
  choose(mail.html || tab !== 'html' ? tab : 'text', false);
  for (const button of at('mails').querySelectorAll('button')) {
    button.toggleAttribute('aria-current', Number(button.dataset.number) === number);
    if (button.hasAttribute('aria-current')) button.setAttribute('aria-current', 'true');
  }
}

function choose(wanted, remember = true) {
  if (remember) tab = wanted;
  for (const name of TABS) {
    const selected = name === wanted;
    at(`tab-${name}`).setAttribute('aria-selected', String(selected));
    at(`tab-${name}`).tabIndex = selected ? 0 : -1;
    at(`panel-${name}`).hidden = !selected;
  }
}

async function look() {
  try {
    const answer = await fetch('/mailbox/messages.json', { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
    if (answer.status === 200) {
      tag = answer.headers.get('ETag') ?? '';
      const newestWasOpen = shown === mails.length;
      mails = await answer.json();
      if (newestWasOpen) open(mails.length);
      list();
    }
  } catch {
    at('count').textContent = 'The local stack does not answer.';
    tag = '';
  }
  setTimeout(look, LOOK_EVERY);
}

for (const name of TABS) at(`tab-${name}`).addEventListener('click', () => choose(name));
document.querySelector('[role=tablist]').addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const open = TABS.filter((name) => !at(`tab-${name}`).disabled);
  const now = open.findIndex((name) => at(`tab-${name}`).getAttribute('aria-selected') === 'true');
  const next = open[(now + step + open.length) % open.length];
  choose(next);
  at(`tab-${next}`).focus();
});
look();
