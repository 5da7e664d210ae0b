// The peers are installed for the benchmark only: the types of their exports aren't checked (tsconfig.check.json).
declare const anything: any;
export = anything;
