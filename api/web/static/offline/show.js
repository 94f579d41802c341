"use strict";

// A report as elements of the page in its language: one line first, then what was signed, then every
// check.

const Show = (() => {
  /** Make an element; children are elements and texts. */
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  };

  const words = () => WORDS[document.documentElement.lang];
  const labels = () => words().labels;

  const timeOf = (label, text) => element(
    "p", { className: "when" }, label, " ", element("time", {}, Times.civil(text)), " ",
    element("span", {}, labels().zone),
  );

  /** Choose the one line: a good signature whose status is not known is not called valid. */
  const toldOf = (report) => {
    const isGood = (name) => report.checks.find((one) => one.name === name).result === "passed";
    const isKnown = isGood("status") || !["valid", "unconfirmed"].includes(report.verdict);
    if (report.verdict === "valid" && report.evidence.length) return words().entered;
    return isKnown || !isGood("issuer")
      ? words().verdicts[report.verdict] : words().statusUnknown;
  };

  const verdictOf = (report, told, now) => element(
    "div", { className: `verdict ${told.tone}` },
    element("span", { className: "sign", ariaHidden: "true" }, told.sign),
    element(
      "div", {},
      element("h2", { tabIndex: -1 }, told.line),
      element("p", {}, told.means),
      report.status_as_of === null ? null : timeOf(labels().status_as_of, report.status_as_of),
      timeOf(labels().verified_at, now),
    ),
  );

  /** Give a list of terms; what is absent is left out. */
  const terms = (rows, name = "facts") => element(
    "dl", { className: name },
    rows.filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([label, value]) => [element("dt", {}, label), element("dd", {}, value)])
      .flat(),
  );

  const gloss = (text) => element("i", { className: "gloss" }, text);

  const glossed = (text) => {
    const found = text === null ? undefined : words().glosses[text];
    return found === undefined ? text : element("span", {}, text, " ", gloss(found));
  };

  const title = (told) => {
    const strong = told.tone === "good" ? null
      : element("strong", { className: `tag ${told.tone}` }, told.line);
    return element("h3", { className: "signed" }, labels().signed, " ", strong);
  };

  const holderOf = (name) => name ?? labels().nameless;

  /** Both names were signed; the reader's language comes first. */
  const named = (name, nameInEnglish) => {
    if (nameInEnglish === null) return [name];
    const said = [[name, "zh-CN"], [nameInEnglish, "en"]];
    const [[first], [other, lang]] =
      document.documentElement.lang === "en" ? said.reverse() : said;
    return [first, " ", element("span", { className: "other", lang }, other)];
  };

  const outcomeOf = (one) => element(
    "section", { className: "card outcome" },
    element("h4", {}, named(one.title, one.title_en)),
    element("p", { className: "from" }, named(one.provider, one.provider_en)),
    terms([
      [labels().class, words().classes[one.outcome_class]],
      [labels().result, glossed(one.result)],
      [labels().grade, one.grade],
      [labels().grade_scale, glossed(one.grade_scale)],
      [labels().credits, one.credits],
      [labels().class_hours, one.class_hours],
      [labels().study_time, one.hours === null ? null : `${one.hours} ${labels().hours}`],
      [labels().awarded_on, one.awarded_on],
    ]),
  );

  const contentOf = (content, told) => [
    title(told),
    terms([
      [labels().holder, holderOf(content.holder)],
      [labels().purpose, glossed(content.purpose)],
      [labels().shown_to, glossed(content.audience)],
      [labels().shown_until, Times.civil(content.expires_at)],
    ], "facts card"),
    ...content.outcomes.map(outcomeOf),
    element(
      "p", { className: "hint" }, labels().upright, " ", gloss(labels().italics), " ",
      labels().translated,
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
      .map((one) => [names.get(one.resultDescription) ?? labels().result, textOf(one.value)]);
    return element(
      "section", { className: "card outcome" },
      element("h4", {}, textOf(achievement.name) ?? textOf(credential.name) ?? ""),
      element("p", { className: "from" }, textOf(objectOf(achievement.creator).name) ?? ""),
      terms([
        [labels().holder, holderOf(textOf(holder?.identityHash))],
        ...results,
        [labels().credits, textOf(subject.creditsEarned)],
        [labels().certificate_number, textOf(subject.licenseNumber)],
        [labels().particulars, textOf(subject.narrative)],
        [labels().valid_until, textOf(credential.validUntil)],
        [labels().issuer, textOf(issuer.name) ?? textOf(credential.issuer)],
        [labels().issuer_id, textOf(issuer.id)],
      ]),
    );
  };

  const evidenceOf = ({ entry_index: index, leaf, disclosures }) => {
    const fields = disclosures.map((one) => JSON.parse(Bytes.text(Bytes.fromBase64url(one))).slice(1));
    const entered = JSON.parse(leaf);
    return [
      element("h3", { className: "signed" }, labels().entered),
      terms([
        [labels().entry, String(index)],
        [labels().log, element("code", {}, entered.log)],
        [labels().entered_at, Times.civil(new Date(entered.at * 1000).toISOString())],
        ...fields.map(([name, value]) => [
          words().fields[name] ?? name,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      ], "facts card"),
    ];
  };

  const checksOf = (checks) => element(
    "details", {},
    element("summary", {}, labels().checks),
    element(
      "table", {},
      element("thead", {}, element("tr", {}, headed(labels().check), headed(labels().result))),
      element("tbody", {}, checks.map(checkOf)),
    ),
  );

  const headed = (label) => element("th", { scope: "col" }, label);

  const checkOf = ({ name, result, problem }) => {
    const [sign, word] = words().results[result];
    const why = problem === null ? null
      : element("p", { className: "hint" }, words().problems[problem]);
    return element(
      "tr", {},
      element("th", { scope: "row" }, words().checks[name]),
      element("td", {}, element("span", { ariaHidden: "true" }, sign), " ", word, why),
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

  return { report, words };
})();
