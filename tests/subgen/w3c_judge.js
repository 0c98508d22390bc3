// What the WebVTT parser of the W3C says to each line of stdin, a JSON text: one JSON object a line.
const folder = process.argv[2];
const { WebVTTParser } = require(folder);
const entities = require(`${folder}/html-entities.json`);

const words = (node) =>
  node.type === "text" ? node.value : (node.children || []).map(words).join("");
const voices = (node) =>
  (node.name === "v" ? [node.value] : []).concat(...(node.children || []).map(voices));

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { cues, errors } = new WebVTTParser(entities).parse(JSON.parse(line));
    console.log(JSON.stringify({
      errors: errors.map((error) => `line ${error.line}: ${error.message}`),
      cues: cues.map((cue) => [cue.startTime, cue.endTime, words(cue.tree), voices(cue.tree)]),
    }));
  });
