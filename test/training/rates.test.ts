import { expect, test } from "vitest";
import { compile } from "../../src/runtime/node.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { fitting, points } from "./small-objective.ts";

test("step k of a training has the rate of step k, counted from 0, and moves by it", async () => {
  const schedule = { maximum: 0.4, minimum: 0.1, warmup: 3, decaySteps: 6 };
  const trainer = await Trainer.create({
    objective: fitting(),
    plan: { steps: 8, schedule, optimiser: sgd(), clipNorm: 0 },
    batches: points,
    compile,
    compileOptions: { threads: 1 },
  });
  const rates: number[] = [];
  for (let step = 0; step < 8; step++) {
    const before = await trainer.weights();
    const { rate, gradientNorm } = await trainer.step();
    const after = await trainer.weights();
    rates.push(rate);
    let squares = 0;
    for (const [name, { data }] of after)
      data.forEach((value, at) => (squares += (value - before.get(name)!.data[at]!) ** 2));
    expect(Math.sqrt(squares) / gradientNorm).toBeCloseTo(rate, 4);
  }
  await trainer.dispose();
  // (k + 1) / 4 of 0.4, then 0.1 + 0.15 (1 + cos(π (k − 3) / 3)).
  const expected = [0.1, 0.2, 0.3, 0.4, 0.325, 0.175, 0.1, 0.1];
  rates.forEach((rate, step) => expect(rate).toBeCloseTo(expected[step]!, 6));
});
