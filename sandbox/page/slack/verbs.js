// `/tinystacks` as the bot itself documents it: usage | what it does. Words in [] may be left out.
// tests/sandbox/test_page_verbs.py holds it against the bot's own commands and prints what to put here.
export const COMMAND = "/tinystacks";

const TABLE = `
approvals | what waits for a decision, and for whose
audit [PERSON] [STACK] [STAGE] [--since 7D] [--export] | who did what, when, and what came of it
deploy [STACK] [STAGE] [IMAGE] [--reason TEXT] [--yes] [--emergency REASON] | another image for one stage
exec STACK STAGE [TASK] [--container C] [--command CMD] | the exact command to get into a container
freeze [REASON] [--for DURATION] [--reason TEXT] | nothing is changed anywhere for a while
help [VERB] | what I understand
history STACK STAGE | the changes of a stage, newest first
home | brings your App Home up to date
lock STACK STAGE [REASON] [--for DURATION] [--reason TEXT] | nobody else changes that stage for a while
logs STACK STAGE [TASK] [--container C] [--lines N] | the last lines of its containers, secrets masked
rollback STACK STAGE [REVISION] [--reason TEXT] [--yes] [--emergency REASON] | back to the revision that worked last
scale [STACK] [STAGE] [N] [--tasks N] [--instances N] [--instances-min N] [--instances-max N] [--min N] [--max N] [--cpu-target P] [--memory-target P] [--suspend TIME] [--anyway] [--restore [ID]] [--reason TEXT] [--yes] [--emergency REASON] | more or fewer tasks, instances or bounds
schedule [WHAT] [STACK] [STAGE] [WISH] [--cron TIMES] [--at TIME] [--tz ZONE] [--grace DURATION] [--reason TEXT] [--yes] | a scaling or a deploy at its time, once or again and again
status [STACK] [STAGE] | what runs where, and what is under way
stop STACK STAGE TASK [--reason TEXT] [--yes] | stops one task; ECS starts another one
tasks STACK STAGE [--stopped] | each task: status, health, zone, age, revision
unfreeze | ends the freeze of everything
unlock STACK STAGE | frees a locked stage
whoami [STACK] | what you may do, and which rule says so`;

export const VERBS = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [whole, does] = line.split(" | ");
    const [name, ...words] = parts(whole);
    return { name, words, does };
  });

export const verb = (name) => VERBS.find((one) => one.name === name.toLowerCase());

// The words of a usage, optional ones in one piece: ["[stack]", "[--reason TEXT]"]; only values keep their capitals.
function parts(usage) {
  return usage.match(/\[[^\]]*\]|\S+/g).map((word) => (word.includes("--") ? word : word.toLowerCase()));
}
