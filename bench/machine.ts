import { arch, availableParallelism, cpus, freemem, platform, totalmem } from "node:os";

/** The machine that a benchmark ran on, without names and paths. */
export type Machine = {
  /** The model name of the processor. */
  readonly processor: string;
  /** Logical cores that this process may use. */
  readonly cores: number;
  /** Bytes of memory. */
  readonly memoryBytes: number;
  /** Bytes of memory that were free when `describeMachine` was called. */
  readonly freeBytes: number;
  /** Such as "linux x64". */
  readonly system: string;
  /** The version of Node, such as "24.9.0". */
  readonly node: string;
};

/** This machine. */
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

/** The machine as one line for the beginning of a report, such as "AMD EPYC, 2 cores, 23 GiB, linux x64, Node 24.9.0". */
export function machineLine(machine: Machine): string {
  const { processor, cores, memoryBytes, system, node } = machine;
  const gibibytes = Math.round(memoryBytes / 2 ** 30);
  const coreWord = cores === 1 ? "core" : "cores";
  return `${processor}, ${cores} ${coreWord}, ${gibibytes} GiB, ${system}, Node ${node}`;
}
