// Reads a calendar from standard input with ical.js (Thunderbird's reader); writes each event as JSON, moments in UTC.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const clock of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(clock);
const said = (time) => (time.isDate ? time.toString() : time.convertToZone(ICAL.Timezone.utcTimezone).toString());
const events = calendar.getAllSubcomponents("vevent").map((part) => {
  const event = new ICAL.Event(part);
  return [event.uid, event.summary, event.location ?? "", said(event.startDate), said(event.endDate)];
});
process.stdout.write(JSON.stringify(events));
