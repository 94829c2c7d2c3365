// The way through a script that the answers given so far make: the same as callbacks/scripts/walking.py, for a page that
// goes on while the server is away. tests/js/walks.json holds cases that both must agree on.

const END = "end";
const STOP = "stop";

const values = (answer) => (Array.isArray(answer) ? answer : answer === null || answer === undefined ? [] : [answer]).map(String);
const has = (answers, code) => Object.hasOwn(answers, code);

/** What follows where no answer decides. */
function usual(questions, question) {
  return question.next || (questions[questions.indexOf(question) + 1]?.code ?? END);
}

function successor(questions, question, answers) {
  const chosen = values(answers[question.code]);
  const option = question.options.find((one) => one.next && chosen.includes(one.code));
  if (option) {
    return option.next;
  }
  const rule = question.goto.find((one) => one.next && values(answers[one.question]).some((value) => one.among.includes(value)));
  return rule ? rule.next : usual(questions, question);
}

function decides(question) {
  return question.goto.some((rule) => rule.question === question.code) || question.options.some((option) => option.next);
}

/** {codes, ending}: the questions on the way, and "end", "stop", or "" where an answer must decide how it goes on.
 *  With `assuming` it goes on as if every open question led to the one that follows. */
export function walk(parts, answers, assuming = false) {
  const codes = [];
  for (const questions of parts) {
    let code = questions[0]?.code ?? END;
    const passed = new Set();
    for (let question = questions.find((one) => one.code === code); question && !passed.has(code); question = questions.find((one) => one.code === code)) {
      passed.add(code);
      if (!codes.includes(code)) {
        codes.push(code);
      }
      if (!assuming && !has(answers, code) && decides(question)) {
        return { codes, ending: "" };
      }
      const done = Object.fromEntries(codes.filter((one) => has(answers, one)).map((one) => [one, answers[one]]));
      code = successor(questions, question, done);
    }
    if (code === STOP) {
      return { codes, ending: STOP };
    }
  }
  return { codes, ending: END };
}

/** The questions of the parts by their code. */
export function byCode(parts) {
  const found = new Map();
  parts.flat().forEach((question) => found.has(question.code) || found.set(question.code, question));
  return found;
}

/** The codes on the way that need an answer and have none. */
export function missing(parts, answers) {
  const known = byCode(parts);
  return walk(parts, answers).codes.filter((code) => !has(answers, code) && !known.get(code).optional);
}

/** The regulated topics that no answered question on the way was about; `topics` are those of the script. */
export function unasked(parts, answers, topics) {
  const known = byCode(parts);
  const asked = walk(parts, answers).codes.filter((code) => has(answers, code)).map((code) => known.get(code).topic);
  return topics.filter((topic) => !asked.includes(topic));
}
