import { arch, availableParallelism, cpus, freemem, platform, totalmem } from "node:os";

/** The machine that a benchmark ran on: what a reader needs to judge its times, and no name or path. */
export type Machine = {
  /** As the processor calls itself. */
  readonly processor: string;
  /** Logical cores that this process may use. */
  readonly cores: number;
  /** Bytes of memory, in all and free when asked. */
  readonly memoryBytes: number;
  readonly freeBytes: number;
  /** For example "linux x64". */
  readonly system: string;
  /** Node's version, for example "24.9.0". */
  readonly node: string;
};

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeBytes: freemem(),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
  };
}

/** One line for the head of a report: "AMD EPYC, 2 cores, 23 GiB, linux x64, Node 24.9.0". */
export function machineLine(machine: Machine): string {
  const { processor, cores, memoryBytes, system, node } = machine;
  const gibibytes = Math.round(memoryBytes / 2 ** 30);
  const coreWord = cores === 1 ? "core" : "cores";
  return `${processor}, ${cores} ${coreWord}, ${gibibytes} GiB, ${system}, Node ${node}`;
}
