/** Elements made of text. Nothing that comes from the agent is ever parsed as markup. */
import { distance, printable } from './words.js';

/** @param attributes by name; those that are undefined or false are left out */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Touches the page only where something changed: what is selected or read aloud is left alone. */
export function setText(target, value) {
  const text = printable(value);
  if (target.textContent !== text) target.textContent = text;
}

export function setData(target, key, value) {
  if (target.dataset[key] !== value) target.dataset[key] = value;
}

/** A time, as its distance from now, which `tick` keeps true; the time itself stands in its title. */
export function timeElement(timestamp) {
  const made = element('time');
  setTime(made, timestamp);
  return made;
}

export function setTime(target, timestamp) {
  const said = printable(timestamp);
  if (target.dateTime !== said) {
    target.dateTime = said;
    target.title = said;
  }
  setText(target, distance(timestamp, Date.now()));
}

export function tick() {
  for (const target of document.querySelectorAll('time'))
    setText(target, distance(target.dateTime, Date.now()));
}
