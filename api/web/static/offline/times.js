"use strict";

// Times in signed documents: XML Schema dateTimeStamp, in microseconds since 1970 as BigInt.

const Times = (() => {
  const STAMP =
    /^([1-9]\d{3})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
  const LAST = 253402300799999999n;

  /** Read a time with its zone; what is finer than a microsecond is cut off. */
  const read = (text) => {
    const parts = typeof text === "string" ? STAMP.exec(text) : null;
    Bytes.require(parts !== null, "a time is a date and a time with its zone");
    const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
    const at = Date.UTC(year, month - 1, day, hour, minute, second);
    const date = new Date(at);
    const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    Bytes.require(isDay && hour < 24 && minute < 60 && second < 60, "there is no such time");
    const micro = BigInt((parts[7] ?? "").padEnd(6, "0").slice(0, 6));
    const time = BigInt(at) * 1000n + micro - 60_000_000n * BigInt(minutesOf(parts[8]));
    Bytes.require(time <= LAST, "there is no such time");
    return time;
  };

  const minutesOf = (zone) => {
    if (zone === "Z") return 0;
    const [hours, minutes] = zone.slice(1).split(":").map(Number);
    Bytes.require(hours < 24 && minutes < 60, "there is no such zone");
    return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
  };

  /** Write a time in UTC as the bank's reports have it. */
  const write = (time) => {
    const text = new Date(Number(time / 1000n)).toISOString().slice(0, 19);
    const micro = time % 1_000_000n;
    return `${text}${micro ? `.${String(micro).padStart(6, "0")}` : ""}+00:00`;
  };

  const ofSeconds = (seconds) => BigInt(seconds) * 1_000_000n;

  const now = () => BigInt(Date.now()) * 1000n;

  /** Write a time as clocks in China show it. */
  const civil = (text) => {
    const time = new Date(Date.parse(text) + 8 * 3_600_000);
    return time.toISOString().slice(0, 16).replace("T", " ");
  };

  return { read, write, ofSeconds, now, civil };
})();
