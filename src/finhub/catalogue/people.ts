import { z } from 'zod';
import type { Person as AppliedPerson } from '../../contract/application.js';
import { personal, plain } from '../../contract/marks.js';
import { Id } from './fields.js';

export const Address = z.strictObject({
  street: personal(z.string()),
  city: personal(z.string()),
  postalCode: personal(z.string()).optional(),
  country: plain(z.string()),
  state: plain(z.string()).optional(),
});

export const Person = z.strictObject({
  firstName: personal(z.string()),
  lastName: personal(z.string()).optional(),
  email: personal(z.string()),
  phone: personal(z.string()),
  dateOfBirth: personal(z.string()),
  nationality: personal(z.string()),
  placeOfBirth: personal(z.string()).optional(),
  gender: personal(z.enum(['FEMALE', 'MALE', 'OTHER'])).optional(),
  address: Address,
} satisfies Record<keyof AppliedPerson, z.ZodType>);
export type Person = z.infer<typeof Person>;

type Named = Pick<Person, 'firstName' | 'lastName'>;

/** The two names that FinHub requires; a single name is sent as both. */
export function twoNames({ firstName, lastName = firstName }: Named) {
  return { firstName, lastName };
}

export function fullName({ firstName, lastName }: Named): string {
  return lastName === undefined ? firstName : `${firstName} ${lastName}`;
}

/** A person in a registration body. Source: R4. */
export function personDto(person: Person) {
  const { address, phone, ...identity } = person;
  return {
    ...identity,
    ...twoNames(person),
    phoneNumber: phone,
    fullName: fullName(person),
    pincode: address.postalCode,
    addresses: [{ ...address, type: 'HOME', isPrimary: true }],
    contacts: [
      { type: 'EMAIL', value: person.email, isPrimary: true },
      { type: 'PHONE', value: phone, isPrimary: false },
    ],
  };
}

/** A chosen category with its parameters, as in the hierarchy's response and the application. */
export const CategoryChoice = z.strictObject({
  id: Id,
  name: plain(z.string()),
  features: z.array(plain(z.strictObject({ id: z.string(), code: z.string(), keys: z.array(z.string()) }))),
  parameters: personal(z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
});

/** The category in both registrations; nothing if none is chosen. Source: R4, R11. */
export function categoryDto(category: z.infer<typeof CategoryChoice> | undefined) {
  return category && { customerCategory: { id: category.id, name: category.name } };
}

/** The `categorization` block of both registrations; a key with several values gets a list. Source: R4, R11. */
export function categorizationDto(category: z.infer<typeof CategoryChoice> | undefined) {
  return category && { categorization: categorizationOf(category) };
}

function categorizationOf(category: z.infer<typeof CategoryChoice>) {
  const named = (keys: string[]) =>
    keys.filter((key) => key in category.parameters).map((name) => ({ name, value: category.parameters[name] }));
  return {
    id: category.id,
    name: category.name,
    isActive: true,
    categoryFeatureRelations: category.features.map((feature) => ({
      feature: { id: feature.id, code: feature.code },
      enabled: true,
      parametrization: named(feature.keys),
    })),
    parametrization: named(Object.keys(category.parameters)),
  };
}
