/**
 * Makes a definition of an encoding from its declaration: wherever `create` is called, the options given are read
 * first, and what it returns is checked.
 *
 * @module
 */
import { option } from "../options/option.ts";
import type { GivenOptions, OptionFields, ReadOptions } from "../options/option.ts";
import { readOptions } from "../options/read.ts";
import { number } from "../options/value.ts";
import { checkDefinition, checkEncoding, EncodingError } from "./check-encoding.ts";
import { guardHooks } from "./guarded-hooks.ts";
import type { EncodingDefinition, ModelShape, PositionEncoding } from "./position-encoding.ts";

/** What the file of an encoding declares. `create` is given every option as it was read, defaults included. */
export interface EncodingDeclaration<Fields extends OptionFields> extends Omit<
  EncodingDefinition,
  "options" | "create"
> {
  /** Absent: it has none of its own. */
  readonly options?: Fields;
  create(shape: ModelShape, options: ReadOptions<Fields>): PositionEncoding;
}

/** A definition whose options are known to the type checker. */
export interface DefinedEncoding<Fields extends OptionFields> extends EncodingDefinition<
  GivenOptions<Fields>
> {
  readonly options: Fields;
}

/** Options that every encoding has, whatever it declares. */
const common = {
  scoreScale: option("Factor of query · key.", number({ above: 0 }), {
    otherwise: "that of the formula, in most headDim^−½",
  }),
};

/** What may be given to the `create` of a definition that `defineEncoding` made. */
export type OptionsOf<Definition> =
  Definition extends EncodingDefinition<infer Options> ? Options : never;

/** The options of an encoding that declares these. */
export type WithCommonOptions<Fields> = Fields & Omit<typeof common, keyof Fields>;

const defined = new WeakSet<object>();

/**
 * The definition of an encoding.
 *
 * @throws {RangeError} for members that are missing, unknown or of another type; the definition's `create` throws an
 *   OptionError for options that cannot be, and a RangeError where what is created lacks a member or has one too many
 */
export function defineEncoding<const Fields extends OptionFields = Readonly<Record<never, never>>>(
  declaration: EncodingDeclaration<Fields>,
): DefinedEncoding<WithCommonOptions<Fields>> {
  return defineFrom(declaration);
}

/**
 * As `defineEncoding`.
 *
 * @param source the file that the declaration is in, for messages; absent: it is in none
 */
export function defineFrom<const Fields extends OptionFields>(
  declaration: EncodingDeclaration<Fields>,
  source?: string,
): DefinedEncoding<WithCommonOptions<Fields>> {
  checkDefinition(declaration);
  const { id, options: own = {} as Fields } = declaration;
  const options = { ...own, ...(Object.hasOwn(own, "scoreScale") ? {} : common) };
  const definition = {
    ...declaration,
    options: options as unknown as WithCommonOptions<Fields>,
    create(shape: ModelShape, chosen?: object): PositionEncoding {
      const read: ReadOptions<OptionFields> = readOptions(id, options, chosen);
      const { scoreScale, ...rest } = read;
      const isOwn = Object.hasOwn(own, "scoreScale");
      const given = (isOwn ? read : rest) as ReadOptions<Fields>;
      const encoding = made(declaration, shape, given, source);
      return isOwn || scoreScale === undefined ? encoding : scaled(encoding, scoreScale as number);
    },
  };
  defined.add(definition);
  return definition;
}

/** What `create` returns, checked; what it throws has the name of the encoding, and of its file. */
function made<Fields extends OptionFields>(
  declaration: EncodingDeclaration<Fields>,
  shape: ModelShape,
  options: ReadOptions<Fields>,
  source: string | undefined,
): PositionEncoding {
  const { id } = declaration;
  const from = source === undefined ? "" : `${source}: `;
  let encoding: PositionEncoding;
  try {
    encoding = checkEncoding(declaration.create(shape, options), id);
  } catch (cause) {
    if (cause instanceof EncodingError && from !== "" && !cause.message.startsWith(from))
      throw new EncodingError(`${from}${cause.message}`, { cause });
    // What it says of sizes and options that do not fit, in its own words.
    if (cause instanceof RangeError && /^[\w./-]+[:(+]/.test(cause.message)) throw cause;
    const said = cause instanceof Error ? cause.message.trim() : `it threw ${String(cause)}`;
    throw new EncodingError(`${from}${id}: create failed: ${said.replace(/[.]$/, "")}. Mend it.`, {
      cause,
    });
  }
  return guardHooks(encoding, { shape, source });
}

/** A definition that was made by `defineEncoding`: the one given, or one made of it. */
export function asDefined(definition: EncodingDefinition): EncodingDefinition {
  if (defined.has(definition)) return definition;
  return defineEncoding(definition as EncodingDeclaration<OptionFields>);
}

/**
 * Reads options without a model, to refuse early what cannot be.
 *
 * @throws {OptionError} for options that cannot be
 */
export function checkOptions({ id, options = common }: EncodingDefinition, given: object): void {
  readOptions(id, options, given);
}

/** The encoding with another factor of query · key, in all layers. */
function scaled(encoding: PositionEncoding, scoreScale: number): PositionEncoding {
  if (!encoding.at) return { ...encoding, scoreScale };
  // Layers that share an encoding still share it: a bias of all layers is computed once.
  const layers = new Map<PositionEncoding, PositionEncoding>();
  return {
    ...encoding,
    scoreScale,
    at(layer) {
      const own = encoding.at!(layer);
      const known = layers.get(own) ?? scaled(own, scoreScale);
      layers.set(own, known);
      return known;
    },
  };
}
