/** What a page that runs a peer lets the benchmark call. */
interface Window {
  begin: (name: string, option: string, files: string) => Promise<void>;
  answer: (request: import('./answer.js').Request) => Promise<import('./answer.js').Answer>;
}
