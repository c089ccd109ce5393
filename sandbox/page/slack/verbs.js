// `/tinystacks` as documented (docs: commands): verb, arguments, what it does. Words in [] may be left out.
export const COMMAND = "/tinystacks";

const TABLE = `
deploy | [stack] [stage] [image] [--reason TEXT] [--yes] | deploys an image; missing parts open a form
rollback | stack stage [revision] | back to the last revision that worked, or that one
promote | stack from-stage [to-stage] | the image that runs there, to the next stage
restart | stack stage | new tasks, same revision
scale | stack stage [N] [--tasks N] [--instances N] [--min N] [--max N] [--cpu-target P] | containers, instances, bounds; missing parts open a form
tasks | stack stage [--stopped] | each task, with a button to exec into it
exec | stack stage [task] [--container C] [--command CMD] | the exact command for your shell
logs | stack stage [task] [--container C] [--lines N] | last lines, secrets masked
stop | stack stage task | stops one task; ECS replaces it
status | [stack] [stage] | what runs where
history | stack stage | changes, newest first
audit | [@person] [stack] [stage] [--since 7d] [--export] | who did what
lock | stack stage [--for 2h] [reason] | holds a stage
unlock | stack stage | lets it go again
freeze | [reason] | holds everything
unfreeze | | lets everything go again
schedule | [list|scale|deploy|remove] [stack] [stage] | what happens at which time
approvals | | what waits for a decision
whoami | | what you may do, and which rule says so
help | [verb] | what I can do here`;

export const VERBS = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [name, usage, does] = line.split("|").length === 3 ? line.split("|") : cut(line);
    return { name: name.trim(), usage: usage.trim(), does: does.trim() };
  });

// A usage may hold bars itself: the first and the last one part the columns.
function cut(line) {
  const first = line.indexOf("|");
  const last = line.lastIndexOf("|");
  return [line.slice(0, first), line.slice(first + 1, last), line.slice(last + 1)];
}

export const verb = (name) => VERBS.find((one) => one.name === name.toLowerCase());

// The words of a usage, optional ones in one piece: ["[stack]", "[--reason TEXT]"].
export const parts = (usage) => usage.match(/\[[^\]]*\]|\S+/g) ?? [];
