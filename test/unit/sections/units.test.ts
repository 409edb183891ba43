import type { UnitFacts } from '../../../src/sections/facts.ts';
import { planStopped } from '../../../src/sections/units.ts';

const unit: UnitFacts = { exists: true, masked: false, enabled: true, active: 'active' };
const disable = [{ kind: 'disable-unit', unit: 'a@emo.service' }];

it.each<[string, UnitFacts, object[]]>([
  ['that is enabled and runs is stopped', unit, disable],
  ['that is enabled only is disabled', { ...unit, active: 'inactive' }, disable],
  ['that runs only is stopped', { ...unit, enabled: false }, disable],
  ['that nothing enables is stopped while it runs', { ...unit, isStatic: true }, disable],
  ['that nothing enables and that does not run is left', { ...unit, isStatic: true, active: 'inactive' }, []],
  ['that is off is left', { ...unit, enabled: false, active: 'inactive' }, []],
])('a unit %s', (_, found, actions) => {
  expect(planStopped('a@emo.service', found)).toEqual({ actions, troubles: [], notes: [] });
});
