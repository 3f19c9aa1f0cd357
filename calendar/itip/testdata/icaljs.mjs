// Reads the calendar files named with ical.js (its path is the first argument), and prints for each what it found wrong and
// when the first event takes place, by its VTIMEZONE: "FILE<tab>error<tab>TEXT" and "FILE<tab>UTC UTC …".
import fs from 'fs';
import { pathToFileURL } from 'url';

const [, , library, ...files] = process.argv;
const ICAL = (await import(pathToFileURL(library))).default;
ICAL.design.strict = true;

for (const file of files) {
  try {
    const root = new ICAL.Component(ICAL.parse(fs.readFileSync(file, 'utf8')));
    ICAL.TimezoneService.reset();
    for (const zone of root.getAllSubcomponents('vtimezone')) {
      ICAL.TimezoneService.register(new ICAL.Timezone(zone));
    }
    const event = new ICAL.Event(root.getFirstSubcomponent('vevent'), { strictExceptions: true });
    const found = [];
    const iterator = event.iterator();
    for (let t = iterator.next(); t && found.length < 200; t = iterator.next()) {
      found.push(t.convertToZone(ICAL.Timezone.utcTimezone).toICALString());
    }
    console.log(file + '\t' + found.join(' '));
  } catch (e) {
    console.log(file + '\terror\t' + e);
  }
}
