"use strict";

// A report as elements of the page: one line first, then what was signed, then every check.

const Show = (() => {
  /** Make an element; children are elements and texts. */
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  };

  const english = (text) => element("span", { lang: "en" }, text);

  /** Give a text in both languages. */
  const both = (zh, en) => [zh, " ", english(en)];

  /** Write a time as clocks in China show it. */
  const civil = (text) => {
    const time = new Date(Date.parse(text) + 8 * 3_600_000);
    return time.toISOString().slice(0, 16).replace("T", " ");
  };

  const timeOf = (zh, en, text) => element(
    "p", { className: "when" }, both(zh, en), " ", element("time", {}, civil(text)), " ",
    element("span", {}, "北京时间 UTC+8"),
  );

  /** Choose the one line: a good signature whose status is not known is not called valid. */
  const toldOf = (report) => {
    const isGood = (name) => report.checks.find((one) => one.name === name).result === "passed";
    const isKnown = isGood("status") || !["valid", "unconfirmed"].includes(report.verdict);
    if (report.verdict === "valid" && report.evidence.length) return WORDS.entered;
    return isKnown || !isGood("issuer") ? WORDS.verdicts[report.verdict] : WORDS.statusUnknown;
  };

  const verdictOf = (report, told, now) => element(
    "div", { className: `verdict ${told.tone}` },
    element("span", { className: "sign", ariaHidden: "true" }, told.sign),
    element(
      "div", {},
      element("h2", { tabIndex: -1 }, both(told.zh, told.en)),
      element("p", {}, told.means_zh, element("br"), english(told.means_en)),
      report.status_as_of === null ? null : timeOf("状态截至", "Status as of", report.status_as_of),
      timeOf("核验时间", "Verified at", now),
    ),
  );

  /** Give a list of terms; what is absent is left out. */
  const terms = (rows, properties = {}) => element(
    "dl", properties,
    rows.filter(([, , value]) => value !== null && value !== undefined && value !== "")
      .map(([zh, en, value]) => [element("dt", {}, both(zh, en)), element("dd", {}, value)])
      .flat(),
  );

  const glossed = (text) => {
    if (text === null) return null;
    const gloss = WORDS.glosses[text];
    if (gloss === undefined) return text;
    const lang = /^[\x00-\x7f]*$/.test(gloss) ? "en" : "zh-CN";
    return element("span", {}, text, " ", element("i", { className: "gloss", lang }, gloss));
  };

  const spoken = (value, zh, en) =>
    value === null ? null : element("span", {}, value, " ", both(zh, en));

  const title = (told) => {
    const strong = told.tone === "good" ? null
      : element("strong", { className: told.tone }, both(told.zh, told.en));
    return element("h3", { className: "signed" }, both("签名内容", "Signed content"), " ", strong);
  };

  const holderOf = (name) => name ?? element("span", {}, both("未出示姓名", "Name not shown"));

  const outcomeOf = (one) => element(
    "section", { className: "card outcome" },
    element("h4", {}, one.title, one.title_en === null ? null : [" ", english(one.title_en)].flat()),
    element(
      "p", { className: "who" }, one.provider,
      one.provider_en === null ? null : english(one.provider_en),
    ),
    terms([
      ["类别", "Class", element("span", {}, both(...WORDS.classes[one.outcome_class]))],
      ["结果", "Result", glossed(one.result)],
      ["成绩", "Grade", one.grade],
      ["计分方式", "Grade scale", glossed(one.grade_scale)],
      ["学分", "Credits", one.credits],
      ["学时", "Class hours", one.class_hours],
      ["学习量", "Study time", spoken(one.hours, "小时", "hours")],
      ["获得日期", "Awarded on", one.awarded_on],
    ]),
  );

  const contentOf = (content, told) => [
    title(told),
    terms([
      ["持有人", "Holder", holderOf(content.holder)],
      ["用途", "Purpose", glossed(content.purpose)],
      ["出示给", "Shown to", content.audience],
      ["出示至", "Shown until", civil(content.expires_at)],
    ], { className: "card" }),
    ...content.outcomes.map(outcomeOf),
    element(
      "p", { className: "hint" }, element("i", { className: "gloss" }, "斜体"), "为译注，不属签名内容。 ",
      element(
        "span", { lang: "en" }, "Words in ", element("i", { className: "gloss" }, "italics"),
        " are translations and were not signed.",
      ),
    ),
  ];

  const textOf = (value) =>
    ["string", "number"].includes(typeof value) ? String(value) : null;

  /** Give a signed document's member, an empty object where it is none. */
  const objectOf = (value) => (JSONText.isObject(value) ? value : {});

  /** Give a credential, or each of those that a list (CLR 2.0) wraps. */
  const credentialsOf = (credential, told) => {
    const parts = [objectOf(credential.credentialSubject).verifiableCredential ?? []].flat();
    const shown = parts.length ? parts.map(objectOf) : [credential];
    return [title(told), ...shown.map(credentialOf)];
  };

  const credentialOf = (credential) => {
    const subject = objectOf(credential.credentialSubject);
    const achievement = objectOf(subject.achievement);
    const issuer = objectOf(credential.issuer);
    const holder = [subject.identifier ?? []].flat().map(objectOf)
      .find((one) => one.identityType === "name" && one.hashed === false);
    const names = new Map([achievement.resultDescription ?? []].flat().map(objectOf)
      .map((one) => [one.id, textOf(one.name)]));
    const results = [subject.result ?? []].flat().map(objectOf)
      .map((one) => [names.get(one.resultDescription) ?? "", "", textOf(one.value)]);
    return element(
      "section", { className: "card outcome" },
      element("h4", {}, textOf(achievement.name) ?? textOf(credential.name) ?? ""),
      element("p", { className: "who" }, textOf(objectOf(achievement.creator).name) ?? ""),
      terms([
        ["持有人", "Holder", holderOf(textOf(holder?.identityHash))],
        ...results,
        ["学分", "Credits", textOf(subject.creditsEarned)],
        ["证书编号", "Certificate number", textOf(subject.licenseNumber)],
        ["说明", "Particulars", textOf(subject.narrative)],
        ["有效期至", "Valid until", textOf(credential.validUntil)],
        ["签发方", "Issuer", textOf(issuer.name) ?? textOf(credential.issuer)],
        ["签发方标识", "Issuer's name", textOf(issuer.id)],
      ]),
    );
  };

  const evidenceOf = ({ entry_index: index, leaf, disclosures }) => {
    const fields = disclosures.map((one) => JSON.parse(Bytes.text(Bytes.fromBase64url(one))).slice(1));
    const entered = JSON.parse(leaf);
    return [
      element("h3", { className: "signed" }, both("入账内容", "What was entered")),
      terms([
        ["条目", "Entry", String(index)],
        ["日志", "Log", element("code", {}, entered.log)],
        ["记录时间", "Entered at", civil(new Date(entered.at * 1000).toISOString())],
        ...fields.map(([name, value]) => [
          ...(WORDS.fields[name] ?? [name, ""]),
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      ], { className: "card" }),
    ];
  };

  const checksOf = (checks) => element(
    "details", {},
    element("summary", {}, both("逐项检查", "Checks")),
    element("table", {}, element("tbody", {}, checks.map(checkOf))),
  );

  const checkOf = ({ name, result, problem }) => {
    const [sign, zh, en] = WORDS.results[result];
    const why = problem === null ? null
      : element("p", { className: "hint" }, both(...WORDS.problems[problem]));
    return element(
      "tr", {},
      element("th", { scope: "row" }, both(...WORDS.checks[name])),
      element("td", {}, element("span", { ariaHidden: "true" }, sign), " ", both(zh, en), why),
    );
  };

  /** Give the elements of a report; `now` is when it was made, as text. */
  const report = (made, now) => {
    const told = toldOf(made);
    return [
      verdictOf(made, told, now),
      ...(made.content === null ? [] : contentOf(made.content, told)),
      ...(made.credential === null ? [] : credentialsOf(made.credential, told)),
      ...made.evidence.map(evidenceOf).flat(),
      checksOf(made.checks),
    ];
  };

  return { both, civil, report };
})();
