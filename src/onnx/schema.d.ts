import * as $protobuf from "protobufjs/minimal.js";

/** Namespace onnx. */
export namespace onnx {

    /**
     * Properties of a ModelProto.
     * @deprecated Use onnx.ModelProto.$Properties instead.
     */
    interface IModelProto extends onnx.ModelProto.$Properties {
    }

    /** Represents a ModelProto. */
    class ModelProto {

        /**
         * Constructs a new ModelProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.ModelProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelProto ir_version. */
        ir_version?: (number|bigint|null);

        /** ModelProto producer_name. */
        producer_name?: (string|null);

        /** ModelProto producer_version. */
        producer_version?: (string|null);

        /** ModelProto graph. */
        graph?: (onnx.GraphProto.$Properties|null);

        /** ModelProto opset_import. */
        opset_import: onnx.OperatorSetIdProto.$Properties[];

        /** ModelProto metadata_props. */
        metadata_props: onnx.StringStringEntryProto.$Properties[];

        /** ModelProto functions. */
        functions: onnx.FunctionProto.$Properties[];

        /**
         * Encodes the specified ModelProto message. Does not implicitly {@link onnx.ModelProto.verify|verify} messages.
         * @param message ModelProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.ModelProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.ModelProto & onnx.ModelProto.$Shape} ModelProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.ModelProto & onnx.ModelProto.$Shape;
    }

    namespace ModelProto {

        /** Properties of a ModelProto. */
        interface $Properties {

            /** ModelProto ir_version */
            ir_version?: (number|bigint|null);

            /** ModelProto producer_name */
            producer_name?: (string|null);

            /** ModelProto producer_version */
            producer_version?: (string|null);

            /** ModelProto graph */
            graph?: (onnx.GraphProto.$Properties|null);

            /** ModelProto opset_import */
            opset_import: onnx.OperatorSetIdProto.$Properties[];

            /** ModelProto metadata_props */
            metadata_props: onnx.StringStringEntryProto.$Properties[];

            /** ModelProto functions */
            functions: onnx.FunctionProto.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelProto. */
        type $Shape = {
          ir_version?: number|bigint|null;
          producer_name?: string|null;
          producer_version?: string|null;
          graph?: onnx.GraphProto.$Shape|null;
          opset_import: onnx.OperatorSetIdProto.$Shape[];
          metadata_props: onnx.StringStringEntryProto.$Shape[];
          functions: onnx.FunctionProto.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an OperatorSetIdProto.
     * @deprecated Use onnx.OperatorSetIdProto.$Properties instead.
     */
    interface IOperatorSetIdProto extends onnx.OperatorSetIdProto.$Properties {
    }

    /** Represents an OperatorSetIdProto. */
    class OperatorSetIdProto {

        /**
         * Constructs a new OperatorSetIdProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.OperatorSetIdProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** OperatorSetIdProto domain. */
        domain?: (string|null);

        /** OperatorSetIdProto version. */
        version?: (number|bigint|null);

        /**
         * Encodes the specified OperatorSetIdProto message. Does not implicitly {@link onnx.OperatorSetIdProto.verify|verify} messages.
         * @param message OperatorSetIdProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.OperatorSetIdProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an OperatorSetIdProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.OperatorSetIdProto & onnx.OperatorSetIdProto.$Shape} OperatorSetIdProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.OperatorSetIdProto & onnx.OperatorSetIdProto.$Shape;
    }

    namespace OperatorSetIdProto {

        /** Properties of an OperatorSetIdProto. */
        interface $Properties {

            /** OperatorSetIdProto domain */
            domain?: (string|null);

            /** OperatorSetIdProto version */
            version?: (number|bigint|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an OperatorSetIdProto. */
        type $Shape = onnx.OperatorSetIdProto.$Properties;
    }

    /**
     * Properties of a StringStringEntryProto.
     * @deprecated Use onnx.StringStringEntryProto.$Properties instead.
     */
    interface IStringStringEntryProto extends onnx.StringStringEntryProto.$Properties {
    }

    /** Represents a StringStringEntryProto. */
    class StringStringEntryProto {

        /**
         * Constructs a new StringStringEntryProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.StringStringEntryProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StringStringEntryProto key. */
        key?: (string|null);

        /** StringStringEntryProto value. */
        value?: (string|null);

        /**
         * Encodes the specified StringStringEntryProto message. Does not implicitly {@link onnx.StringStringEntryProto.verify|verify} messages.
         * @param message StringStringEntryProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.StringStringEntryProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StringStringEntryProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.StringStringEntryProto & onnx.StringStringEntryProto.$Shape} StringStringEntryProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.StringStringEntryProto & onnx.StringStringEntryProto.$Shape;
    }

    namespace StringStringEntryProto {

        /** Properties of a StringStringEntryProto. */
        interface $Properties {

            /** StringStringEntryProto key */
            key?: (string|null);

            /** StringStringEntryProto value */
            value?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StringStringEntryProto. */
        type $Shape = onnx.StringStringEntryProto.$Properties;
    }

    /**
     * Properties of a FunctionProto.
     * @deprecated Use onnx.FunctionProto.$Properties instead.
     */
    interface IFunctionProto extends onnx.FunctionProto.$Properties {
    }

    /** Represents a FunctionProto. */
    class FunctionProto {

        /**
         * Constructs a new FunctionProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.FunctionProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FunctionProto name. */
        name?: (string|null);

        /** FunctionProto input. */
        input: string[];

        /** FunctionProto output. */
        output: string[];

        /** FunctionProto attribute. */
        attribute: string[];

        /** FunctionProto node. */
        node: onnx.NodeProto.$Properties[];

        /** FunctionProto opset_import. */
        opset_import: onnx.OperatorSetIdProto.$Properties[];

        /** FunctionProto domain. */
        domain?: (string|null);

        /** FunctionProto attribute_proto. */
        attribute_proto: onnx.AttributeProto.$Properties[];

        /** FunctionProto value_info. */
        value_info: onnx.ValueInfoProto.$Properties[];

        /** FunctionProto overload. */
        overload?: (string|null);

        /**
         * Encodes the specified FunctionProto message. Does not implicitly {@link onnx.FunctionProto.verify|verify} messages.
         * @param message FunctionProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.FunctionProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FunctionProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.FunctionProto & onnx.FunctionProto.$Shape} FunctionProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.FunctionProto & onnx.FunctionProto.$Shape;
    }

    namespace FunctionProto {

        /** Properties of a FunctionProto. */
        interface $Properties {

            /** FunctionProto name */
            name?: (string|null);

            /** FunctionProto input */
            input: string[];

            /** FunctionProto output */
            output: string[];

            /** FunctionProto attribute */
            attribute: string[];

            /** FunctionProto node */
            node: onnx.NodeProto.$Properties[];

            /** FunctionProto opset_import */
            opset_import: onnx.OperatorSetIdProto.$Properties[];

            /** FunctionProto domain */
            domain?: (string|null);

            /** FunctionProto attribute_proto */
            attribute_proto: onnx.AttributeProto.$Properties[];

            /** FunctionProto value_info */
            value_info: onnx.ValueInfoProto.$Properties[];

            /** FunctionProto overload */
            overload?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FunctionProto. */
        type $Shape = {
          name?: string|null;
          input: string[];
          output: string[];
          attribute: string[];
          node: onnx.NodeProto.$Shape[];
          opset_import: onnx.OperatorSetIdProto.$Shape[];
          domain?: string|null;
          attribute_proto: onnx.AttributeProto.$Shape[];
          value_info: onnx.ValueInfoProto.$Shape[];
          overload?: string|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a GraphProto.
     * @deprecated Use onnx.GraphProto.$Properties instead.
     */
    interface IGraphProto extends onnx.GraphProto.$Properties {
    }

    /** Represents a GraphProto. */
    class GraphProto {

        /**
         * Constructs a new GraphProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.GraphProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GraphProto node. */
        node: onnx.NodeProto.$Properties[];

        /** GraphProto name. */
        name?: (string|null);

        /** GraphProto initializer. */
        initializer: onnx.TensorProto.$Properties[];

        /** GraphProto input. */
        input: onnx.ValueInfoProto.$Properties[];

        /** GraphProto output. */
        output: onnx.ValueInfoProto.$Properties[];

        /** GraphProto value_info. */
        value_info: onnx.ValueInfoProto.$Properties[];

        /** GraphProto sparse_initializer. */
        sparse_initializer: onnx.SparseTensorProto.$Properties[];

        /**
         * Encodes the specified GraphProto message. Does not implicitly {@link onnx.GraphProto.verify|verify} messages.
         * @param message GraphProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.GraphProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GraphProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.GraphProto & onnx.GraphProto.$Shape} GraphProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.GraphProto & onnx.GraphProto.$Shape;
    }

    namespace GraphProto {

        /** Properties of a GraphProto. */
        interface $Properties {

            /** GraphProto node */
            node: onnx.NodeProto.$Properties[];

            /** GraphProto name */
            name?: (string|null);

            /** GraphProto initializer */
            initializer: onnx.TensorProto.$Properties[];

            /** GraphProto input */
            input: onnx.ValueInfoProto.$Properties[];

            /** GraphProto output */
            output: onnx.ValueInfoProto.$Properties[];

            /** GraphProto value_info */
            value_info: onnx.ValueInfoProto.$Properties[];

            /** GraphProto sparse_initializer */
            sparse_initializer: onnx.SparseTensorProto.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GraphProto. */
        type $Shape = {
          node: onnx.NodeProto.$Shape[];
          name?: string|null;
          initializer: onnx.TensorProto.$Shape[];
          input: onnx.ValueInfoProto.$Shape[];
          output: onnx.ValueInfoProto.$Shape[];
          value_info: onnx.ValueInfoProto.$Shape[];
          sparse_initializer: onnx.SparseTensorProto.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a NodeProto.
     * @deprecated Use onnx.NodeProto.$Properties instead.
     */
    interface INodeProto extends onnx.NodeProto.$Properties {
    }

    /** Represents a NodeProto. */
    class NodeProto {

        /**
         * Constructs a new NodeProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.NodeProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** NodeProto input. */
        input: string[];

        /** NodeProto output. */
        output: string[];

        /** NodeProto name. */
        name?: (string|null);

        /** NodeProto op_type. */
        op_type?: (string|null);

        /** NodeProto attribute. */
        attribute: onnx.AttributeProto.$Properties[];

        /** NodeProto domain. */
        domain?: (string|null);

        /** NodeProto overload. */
        overload?: (string|null);

        /**
         * Encodes the specified NodeProto message. Does not implicitly {@link onnx.NodeProto.verify|verify} messages.
         * @param message NodeProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.NodeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a NodeProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.NodeProto & onnx.NodeProto.$Shape} NodeProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.NodeProto & onnx.NodeProto.$Shape;
    }

    namespace NodeProto {

        /** Properties of a NodeProto. */
        interface $Properties {

            /** NodeProto input */
            input: string[];

            /** NodeProto output */
            output: string[];

            /** NodeProto name */
            name?: (string|null);

            /** NodeProto op_type */
            op_type?: (string|null);

            /** NodeProto attribute */
            attribute: onnx.AttributeProto.$Properties[];

            /** NodeProto domain */
            domain?: (string|null);

            /** NodeProto overload */
            overload?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a NodeProto. */
        type $Shape = {
          input: string[];
          output: string[];
          name?: string|null;
          op_type?: string|null;
          attribute: onnx.AttributeProto.$Shape[];
          domain?: string|null;
          overload?: string|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an AttributeProto.
     * @deprecated Use onnx.AttributeProto.$Properties instead.
     */
    interface IAttributeProto extends onnx.AttributeProto.$Properties {
    }

    /** Represents an AttributeProto. */
    class AttributeProto {

        /**
         * Constructs a new AttributeProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.AttributeProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AttributeProto name. */
        name?: (string|null);

        /** AttributeProto f. */
        f?: (number|null);

        /** AttributeProto i. */
        i?: (number|bigint|null);

        /** AttributeProto s. */
        s?: (Uint8Array|null);

        /** AttributeProto t. */
        t?: (onnx.TensorProto.$Properties|null);

        /** AttributeProto g. */
        g?: (onnx.GraphProto.$Properties|null);

        /** AttributeProto floats. */
        floats: number[];

        /** AttributeProto ints. */
        ints: (number|bigint)[];

        /** AttributeProto strings. */
        strings: string[];

        /** AttributeProto tensors. */
        tensors: onnx.TensorProto.$Properties[];

        /** AttributeProto graphs. */
        graphs: onnx.GraphProto.$Properties[];

        /** AttributeProto tp. */
        tp?: (onnx.TypeProto.$Properties|null);

        /** AttributeProto type_protos. */
        type_protos: onnx.TypeProto.$Properties[];

        /** AttributeProto type. */
        type?: (number|null);

        /** AttributeProto ref_attr_name. */
        ref_attr_name?: (string|null);

        /** AttributeProto sparse_tensor. */
        sparse_tensor?: (onnx.SparseTensorProto.$Properties|null);

        /** AttributeProto sparse_tensors. */
        sparse_tensors: onnx.SparseTensorProto.$Properties[];

        /**
         * Encodes the specified AttributeProto message. Does not implicitly {@link onnx.AttributeProto.verify|verify} messages.
         * @param message AttributeProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.AttributeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AttributeProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.AttributeProto & onnx.AttributeProto.$Shape} AttributeProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.AttributeProto & onnx.AttributeProto.$Shape;
    }

    namespace AttributeProto {

        /** Properties of an AttributeProto. */
        interface $Properties {

            /** AttributeProto name */
            name?: (string|null);

            /** AttributeProto f */
            f?: (number|null);

            /** AttributeProto i */
            i?: (number|bigint|null);

            /** AttributeProto s */
            s?: (Uint8Array|null);

            /** AttributeProto t */
            t?: (onnx.TensorProto.$Properties|null);

            /** AttributeProto g */
            g?: (onnx.GraphProto.$Properties|null);

            /** AttributeProto floats */
            floats: number[];

            /** AttributeProto ints */
            ints: (number|bigint)[];

            /** AttributeProto strings */
            strings: string[];

            /** AttributeProto tensors */
            tensors: onnx.TensorProto.$Properties[];

            /** AttributeProto graphs */
            graphs: onnx.GraphProto.$Properties[];

            /** AttributeProto tp */
            tp?: (onnx.TypeProto.$Properties|null);

            /** AttributeProto type_protos */
            type_protos: onnx.TypeProto.$Properties[];

            /** AttributeProto type */
            type?: (number|null);

            /** AttributeProto ref_attr_name */
            ref_attr_name?: (string|null);

            /** AttributeProto sparse_tensor */
            sparse_tensor?: (onnx.SparseTensorProto.$Properties|null);

            /** AttributeProto sparse_tensors */
            sparse_tensors: onnx.SparseTensorProto.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AttributeProto. */
        type $Shape = {
          name?: string|null;
          f?: number|null;
          i?: number|bigint|null;
          s?: Uint8Array|null;
          t?: onnx.TensorProto.$Shape|null;
          g?: onnx.GraphProto.$Shape|null;
          floats: number[];
          ints: (number|bigint)[];
          strings: string[];
          tensors: onnx.TensorProto.$Shape[];
          graphs: onnx.GraphProto.$Shape[];
          tp?: onnx.TypeProto.$Shape|null;
          type_protos: onnx.TypeProto.$Shape[];
          type?: number|null;
          ref_attr_name?: string|null;
          sparse_tensor?: onnx.SparseTensorProto.$Shape|null;
          sparse_tensors: onnx.SparseTensorProto.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a ValueInfoProto.
     * @deprecated Use onnx.ValueInfoProto.$Properties instead.
     */
    interface IValueInfoProto extends onnx.ValueInfoProto.$Properties {
    }

    /** Represents a ValueInfoProto. */
    class ValueInfoProto {

        /**
         * Constructs a new ValueInfoProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.ValueInfoProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ValueInfoProto name. */
        name?: (string|null);

        /** ValueInfoProto type. */
        type?: (Uint8Array|null);

        /**
         * Encodes the specified ValueInfoProto message. Does not implicitly {@link onnx.ValueInfoProto.verify|verify} messages.
         * @param message ValueInfoProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.ValueInfoProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ValueInfoProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.ValueInfoProto & onnx.ValueInfoProto.$Shape} ValueInfoProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.ValueInfoProto & onnx.ValueInfoProto.$Shape;
    }

    namespace ValueInfoProto {

        /** Properties of a ValueInfoProto. */
        interface $Properties {

            /** ValueInfoProto name */
            name?: (string|null);

            /** ValueInfoProto type */
            type?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ValueInfoProto. */
        type $Shape = onnx.ValueInfoProto.$Properties;
    }

    /**
     * Properties of a TensorProto.
     * @deprecated Use onnx.TensorProto.$Properties instead.
     */
    interface ITensorProto extends onnx.TensorProto.$Properties {
    }

    /** Represents a TensorProto. */
    class TensorProto {

        /**
         * Constructs a new TensorProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TensorProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TensorProto dims. */
        dims: (number|bigint)[];

        /** TensorProto data_type. */
        data_type?: (number|null);

        /** TensorProto name. */
        name?: (string|null);

        /** TensorProto external_data. */
        external_data: onnx.StringStringEntryProto.$Properties[];

        /** TensorProto data_location. */
        data_location?: (number|null);

        /**
         * Encodes the specified TensorProto message. Does not implicitly {@link onnx.TensorProto.verify|verify} messages.
         * @param message TensorProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TensorProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TensorProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TensorProto & onnx.TensorProto.$Shape} TensorProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TensorProto & onnx.TensorProto.$Shape;
    }

    namespace TensorProto {

        /** Properties of a TensorProto. */
        interface $Properties {

            /** TensorProto dims */
            dims: (number|bigint)[];

            /** TensorProto data_type */
            data_type?: (number|null);

            /** TensorProto name */
            name?: (string|null);

            /** TensorProto external_data */
            external_data: onnx.StringStringEntryProto.$Properties[];

            /** TensorProto data_location */
            data_location?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TensorProto. */
        type $Shape = onnx.TensorProto.$Properties;
    }

    /**
     * Properties of a SparseTensorProto.
     * @deprecated Use onnx.SparseTensorProto.$Properties instead.
     */
    interface ISparseTensorProto extends onnx.SparseTensorProto.$Properties {
    }

    /** Represents a SparseTensorProto. */
    class SparseTensorProto {

        /**
         * Constructs a new SparseTensorProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.SparseTensorProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SparseTensorProto values. */
        values?: (onnx.TensorProto.$Properties|null);

        /** SparseTensorProto indices. */
        indices?: (onnx.TensorProto.$Properties|null);

        /** SparseTensorProto dims. */
        dims: (number|bigint)[];

        /**
         * Encodes the specified SparseTensorProto message. Does not implicitly {@link onnx.SparseTensorProto.verify|verify} messages.
         * @param message SparseTensorProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.SparseTensorProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SparseTensorProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.SparseTensorProto & onnx.SparseTensorProto.$Shape} SparseTensorProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.SparseTensorProto & onnx.SparseTensorProto.$Shape;
    }

    namespace SparseTensorProto {

        /** Properties of a SparseTensorProto. */
        interface $Properties {

            /** SparseTensorProto values */
            values?: (onnx.TensorProto.$Properties|null);

            /** SparseTensorProto indices */
            indices?: (onnx.TensorProto.$Properties|null);

            /** SparseTensorProto dims */
            dims: (number|bigint)[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SparseTensorProto. */
        type $Shape = onnx.SparseTensorProto.$Properties;
    }

    /**
     * Properties of a TypeProto.
     * @deprecated Use onnx.TypeProto.$Properties instead.
     */
    interface ITypeProto extends onnx.TypeProto.$Properties {
    }

    /** Represents a TypeProto. */
    class TypeProto {

        /**
         * Constructs a new TypeProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProto tensor_type. */
        tensor_type?: (onnx.TypeProtoTensor.$Properties|null);

        /** TypeProto sequence_type. */
        sequence_type?: (onnx.TypeProtoSequence.$Properties|null);

        /** TypeProto map_type. */
        map_type?: (onnx.TypeProtoMap.$Properties|null);

        /** TypeProto opaque_type. */
        opaque_type?: (onnx.TypeProtoOpaque.$Properties|null);

        /** TypeProto sparse_tensor_type. */
        sparse_tensor_type?: (onnx.TypeProtoSparseTensor.$Properties|null);

        /** TypeProto optional_type. */
        optional_type?: (onnx.TypeProtoOptional.$Properties|null);

        /** TypeProto value. */
        value?: ("tensor_type"|"sequence_type"|"map_type"|"opaque_type"|"sparse_tensor_type"|"optional_type");

        /**
         * Encodes the specified TypeProto message. Does not implicitly {@link onnx.TypeProto.verify|verify} messages.
         * @param message TypeProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProto & onnx.TypeProto.$Shape} TypeProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProto & onnx.TypeProto.$Shape;
    }

    namespace TypeProto {

        /** Properties of a TypeProto. */
        interface $Properties {

            /** TypeProto tensor_type */
            tensor_type?: (onnx.TypeProtoTensor.$Properties|null);

            /** TypeProto sequence_type */
            sequence_type?: (onnx.TypeProtoSequence.$Properties|null);

            /** TypeProto map_type */
            map_type?: (onnx.TypeProtoMap.$Properties|null);

            /** TypeProto opaque_type */
            opaque_type?: (onnx.TypeProtoOpaque.$Properties|null);

            /** TypeProto sparse_tensor_type */
            sparse_tensor_type?: (onnx.TypeProtoSparseTensor.$Properties|null);

            /** TypeProto optional_type */
            optional_type?: (onnx.TypeProtoOptional.$Properties|null);

            /** TypeProto value */
            value?: ("tensor_type"|"sequence_type"|"map_type"|"opaque_type"|"sparse_tensor_type"|"optional_type");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a TypeProto. */
        type $Shape = {
          tensor_type?: onnx.TypeProtoTensor.$Shape|null;
          sequence_type?: onnx.TypeProtoSequence.$Shape|null;
          map_type?: onnx.TypeProtoMap.$Shape|null;
          opaque_type?: onnx.TypeProtoOpaque.$Shape|null;
          sparse_tensor_type?: onnx.TypeProtoSparseTensor.$Shape|null;
          optional_type?: onnx.TypeProtoOptional.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; tensor_type?: null; sequence_type?: null; map_type?: null; opaque_type?: null; sparse_tensor_type?: null; optional_type?: null }|{ value?: "tensor_type"; tensor_type: onnx.TypeProtoTensor.$Shape; sequence_type?: null; map_type?: null; opaque_type?: null; sparse_tensor_type?: null; optional_type?: null }|{ value?: "sequence_type"; tensor_type?: null; sequence_type: onnx.TypeProtoSequence.$Shape; map_type?: null; opaque_type?: null; sparse_tensor_type?: null; optional_type?: null }|{ value?: "map_type"; tensor_type?: null; sequence_type?: null; map_type: onnx.TypeProtoMap.$Shape; opaque_type?: null; sparse_tensor_type?: null; optional_type?: null }|{ value?: "opaque_type"; tensor_type?: null; sequence_type?: null; map_type?: null; opaque_type: onnx.TypeProtoOpaque.$Shape; sparse_tensor_type?: null; optional_type?: null }|{ value?: "sparse_tensor_type"; tensor_type?: null; sequence_type?: null; map_type?: null; opaque_type?: null; sparse_tensor_type: onnx.TypeProtoSparseTensor.$Shape; optional_type?: null }|{ value?: "optional_type"; tensor_type?: null; sequence_type?: null; map_type?: null; opaque_type?: null; sparse_tensor_type?: null; optional_type: onnx.TypeProtoOptional.$Shape })
        );
    }

    /**
     * Properties of a TypeProtoTensor.
     * @deprecated Use onnx.TypeProtoTensor.$Properties instead.
     */
    interface ITypeProtoTensor extends onnx.TypeProtoTensor.$Properties {
    }

    /** Represents a TypeProtoTensor. */
    class TypeProtoTensor {

        /**
         * Constructs a new TypeProtoTensor.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoTensor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoTensor elem_type. */
        elem_type?: (number|null);

        /** TypeProtoTensor shape. */
        shape?: (onnx.TensorShapeProto.$Properties|null);

        /**
         * Encodes the specified TypeProtoTensor message. Does not implicitly {@link onnx.TypeProtoTensor.verify|verify} messages.
         * @param message TypeProtoTensor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoTensor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoTensor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoTensor & onnx.TypeProtoTensor.$Shape} TypeProtoTensor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoTensor & onnx.TypeProtoTensor.$Shape;
    }

    namespace TypeProtoTensor {

        /** Properties of a TypeProtoTensor. */
        interface $Properties {

            /** TypeProtoTensor elem_type */
            elem_type?: (number|null);

            /** TypeProtoTensor shape */
            shape?: (onnx.TensorShapeProto.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoTensor. */
        type $Shape = {
          elem_type?: number|null;
          shape?: onnx.TensorShapeProto.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TypeProtoSequence.
     * @deprecated Use onnx.TypeProtoSequence.$Properties instead.
     */
    interface ITypeProtoSequence extends onnx.TypeProtoSequence.$Properties {
    }

    /** Represents a TypeProtoSequence. */
    class TypeProtoSequence {

        /**
         * Constructs a new TypeProtoSequence.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoSequence.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoSequence elem_type. */
        elem_type?: (onnx.TypeProto.$Properties|null);

        /**
         * Encodes the specified TypeProtoSequence message. Does not implicitly {@link onnx.TypeProtoSequence.verify|verify} messages.
         * @param message TypeProtoSequence message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoSequence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoSequence message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoSequence & onnx.TypeProtoSequence.$Shape} TypeProtoSequence
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoSequence & onnx.TypeProtoSequence.$Shape;
    }

    namespace TypeProtoSequence {

        /** Properties of a TypeProtoSequence. */
        interface $Properties {

            /** TypeProtoSequence elem_type */
            elem_type?: (onnx.TypeProto.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoSequence. */
        type $Shape = {
          elem_type?: onnx.TypeProto.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TypeProtoMap.
     * @deprecated Use onnx.TypeProtoMap.$Properties instead.
     */
    interface ITypeProtoMap extends onnx.TypeProtoMap.$Properties {
    }

    /** Represents a TypeProtoMap. */
    class TypeProtoMap {

        /**
         * Constructs a new TypeProtoMap.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoMap.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoMap key_type. */
        key_type?: (number|null);

        /** TypeProtoMap value_type. */
        value_type?: (onnx.TypeProto.$Properties|null);

        /**
         * Encodes the specified TypeProtoMap message. Does not implicitly {@link onnx.TypeProtoMap.verify|verify} messages.
         * @param message TypeProtoMap message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoMap.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoMap message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoMap & onnx.TypeProtoMap.$Shape} TypeProtoMap
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoMap & onnx.TypeProtoMap.$Shape;
    }

    namespace TypeProtoMap {

        /** Properties of a TypeProtoMap. */
        interface $Properties {

            /** TypeProtoMap key_type */
            key_type?: (number|null);

            /** TypeProtoMap value_type */
            value_type?: (onnx.TypeProto.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoMap. */
        type $Shape = {
          key_type?: number|null;
          value_type?: onnx.TypeProto.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TypeProtoOptional.
     * @deprecated Use onnx.TypeProtoOptional.$Properties instead.
     */
    interface ITypeProtoOptional extends onnx.TypeProtoOptional.$Properties {
    }

    /** Represents a TypeProtoOptional. */
    class TypeProtoOptional {

        /**
         * Constructs a new TypeProtoOptional.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoOptional.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoOptional elem_type. */
        elem_type?: (onnx.TypeProto.$Properties|null);

        /**
         * Encodes the specified TypeProtoOptional message. Does not implicitly {@link onnx.TypeProtoOptional.verify|verify} messages.
         * @param message TypeProtoOptional message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoOptional.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoOptional message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoOptional & onnx.TypeProtoOptional.$Shape} TypeProtoOptional
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoOptional & onnx.TypeProtoOptional.$Shape;
    }

    namespace TypeProtoOptional {

        /** Properties of a TypeProtoOptional. */
        interface $Properties {

            /** TypeProtoOptional elem_type */
            elem_type?: (onnx.TypeProto.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoOptional. */
        type $Shape = {
          elem_type?: onnx.TypeProto.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TypeProtoSparseTensor.
     * @deprecated Use onnx.TypeProtoSparseTensor.$Properties instead.
     */
    interface ITypeProtoSparseTensor extends onnx.TypeProtoSparseTensor.$Properties {
    }

    /** Represents a TypeProtoSparseTensor. */
    class TypeProtoSparseTensor {

        /**
         * Constructs a new TypeProtoSparseTensor.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoSparseTensor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoSparseTensor elem_type. */
        elem_type?: (number|null);

        /** TypeProtoSparseTensor shape. */
        shape?: (onnx.TensorShapeProto.$Properties|null);

        /**
         * Encodes the specified TypeProtoSparseTensor message. Does not implicitly {@link onnx.TypeProtoSparseTensor.verify|verify} messages.
         * @param message TypeProtoSparseTensor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoSparseTensor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoSparseTensor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoSparseTensor & onnx.TypeProtoSparseTensor.$Shape} TypeProtoSparseTensor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoSparseTensor & onnx.TypeProtoSparseTensor.$Shape;
    }

    namespace TypeProtoSparseTensor {

        /** Properties of a TypeProtoSparseTensor. */
        interface $Properties {

            /** TypeProtoSparseTensor elem_type */
            elem_type?: (number|null);

            /** TypeProtoSparseTensor shape */
            shape?: (onnx.TensorShapeProto.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoSparseTensor. */
        type $Shape = {
          elem_type?: number|null;
          shape?: onnx.TensorShapeProto.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TypeProtoOpaque.
     * @deprecated Use onnx.TypeProtoOpaque.$Properties instead.
     */
    interface ITypeProtoOpaque extends onnx.TypeProtoOpaque.$Properties {
    }

    /** Represents a TypeProtoOpaque. */
    class TypeProtoOpaque {

        /**
         * Constructs a new TypeProtoOpaque.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TypeProtoOpaque.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TypeProtoOpaque domain. */
        domain?: (string|null);

        /** TypeProtoOpaque name. */
        name?: (string|null);

        /**
         * Encodes the specified TypeProtoOpaque message. Does not implicitly {@link onnx.TypeProtoOpaque.verify|verify} messages.
         * @param message TypeProtoOpaque message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TypeProtoOpaque.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TypeProtoOpaque message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TypeProtoOpaque & onnx.TypeProtoOpaque.$Shape} TypeProtoOpaque
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TypeProtoOpaque & onnx.TypeProtoOpaque.$Shape;
    }

    namespace TypeProtoOpaque {

        /** Properties of a TypeProtoOpaque. */
        interface $Properties {

            /** TypeProtoOpaque domain */
            domain?: (string|null);

            /** TypeProtoOpaque name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TypeProtoOpaque. */
        type $Shape = onnx.TypeProtoOpaque.$Properties;
    }

    /**
     * Properties of a TensorShapeProto.
     * @deprecated Use onnx.TensorShapeProto.$Properties instead.
     */
    interface ITensorShapeProto extends onnx.TensorShapeProto.$Properties {
    }

    /** Represents a TensorShapeProto. */
    class TensorShapeProto {

        /**
         * Constructs a new TensorShapeProto.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TensorShapeProto.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TensorShapeProto dim. */
        dim: onnx.TensorShapeProtoDimension.$Properties[];

        /**
         * Encodes the specified TensorShapeProto message. Does not implicitly {@link onnx.TensorShapeProto.verify|verify} messages.
         * @param message TensorShapeProto message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TensorShapeProto.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TensorShapeProto message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TensorShapeProto & onnx.TensorShapeProto.$Shape} TensorShapeProto
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TensorShapeProto & onnx.TensorShapeProto.$Shape;
    }

    namespace TensorShapeProto {

        /** Properties of a TensorShapeProto. */
        interface $Properties {

            /** TensorShapeProto dim */
            dim: onnx.TensorShapeProtoDimension.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TensorShapeProto. */
        type $Shape = {
          dim: onnx.TensorShapeProtoDimension.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TensorShapeProtoDimension.
     * @deprecated Use onnx.TensorShapeProtoDimension.$Properties instead.
     */
    interface ITensorShapeProtoDimension extends onnx.TensorShapeProtoDimension.$Properties {
    }

    /** Represents a TensorShapeProtoDimension. */
    class TensorShapeProtoDimension {

        /**
         * Constructs a new TensorShapeProtoDimension.
         * @param [properties] Properties to set
         */
        constructor(properties?: onnx.TensorShapeProtoDimension.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TensorShapeProtoDimension dim_value. */
        dim_value?: (number|bigint|null);

        /** TensorShapeProtoDimension dim_param. */
        dim_param?: (string|null);

        /** TensorShapeProtoDimension value. */
        value?: ("dim_value"|"dim_param");

        /**
         * Encodes the specified TensorShapeProtoDimension message. Does not implicitly {@link onnx.TensorShapeProtoDimension.verify|verify} messages.
         * @param message TensorShapeProtoDimension message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: onnx.TensorShapeProtoDimension.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TensorShapeProtoDimension message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {onnx.TensorShapeProtoDimension & onnx.TensorShapeProtoDimension.$Shape} TensorShapeProtoDimension
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): onnx.TensorShapeProtoDimension & onnx.TensorShapeProtoDimension.$Shape;
    }

    namespace TensorShapeProtoDimension {

        /** Properties of a TensorShapeProtoDimension. */
        interface $Properties {

            /** TensorShapeProtoDimension dim_value */
            dim_value?: (number|bigint|null);

            /** TensorShapeProtoDimension dim_param */
            dim_param?: (string|null);

            /** TensorShapeProtoDimension value */
            value?: ("dim_value"|"dim_param");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a TensorShapeProtoDimension. */
        type $Shape = {
          dim_value?: number|bigint|null;
          dim_param?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; dim_value?: null; dim_param?: null }|{ value?: "dim_value"; dim_value: number|bigint; dim_param?: null }|{ value?: "dim_param"; dim_value?: null; dim_param: string })
        );
    }
}
